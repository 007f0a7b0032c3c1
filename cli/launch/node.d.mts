// The types of node.mjs, which has to be plain JavaScript.

/** The folder of ssmd itself. */
export declare const ROOT: string
