/** For a failure that needs no answer; say at the call why. */
export function ignore(): void {}
