/**
 * Descriptors of this process that commands must not get.
 *
 * @module
 */

export { descriptorGuard } from "../../ffi/descriptors.ts";
