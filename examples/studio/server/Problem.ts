/** Why the Studio does not start: something that whoever started it can mend. */
import { Data } from "effect"

/** Why the Studio does not start, and what to do, in words for whoever started it. */
export class Problem extends Data.TaggedError("Problem")<{ readonly message: string }> {}
