// The types of node.mjs, which has to be plain JavaScript.

/** The folder of ssmd itself. */
export declare const ROOT: string

/** Whether the Node that runs this can run ssmd itself. */
export declare const isNewEnough: boolean
