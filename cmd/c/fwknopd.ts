/**
 * The name of the C daemon.
 *
 * @module
 */

/** Invoked by it, or with it as the first word, the program takes the C daemon's command line. */
export const FWKNOPD = "fwknopd";
