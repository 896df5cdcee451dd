/**
 * The name of the C daemon.
 *
 * @module
 */

/** Under this name, or with this first word, the program reads the C daemon's command line. */
export const FWKNOPD = "fwknopd";
