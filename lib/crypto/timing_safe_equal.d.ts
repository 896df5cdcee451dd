/** Whether two byte strings of equal length are equal; the time does not depend on the bytes. */
export declare function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
