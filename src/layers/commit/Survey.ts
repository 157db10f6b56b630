/** What would have to be done to finish what an earlier opening left, where nothing can be: it is only read. */
import * as Effect from "effect/Effect"

import { isInside } from "../../domain/Path.ts"
import { printRegistrySteps } from "../../domain/RegistryCodec.ts"
import type { Unfinished } from "../../domain/Unfinished.ts"
import { makeBreather } from "../Breather.ts"
import { type Found, lookingAt } from "./Found.ts"
import { decidePut, plannedBytes, putsOf } from "./RedoFiles.ts"
import { folderStepsLeft } from "./RedoFolders.ts"
import { mergeRegistry } from "./RedoRegistry.ts"
import type { Terms } from "./Terms.ts"

/** What would have to be done, where nothing can be: it is only read. */
export const survey = Effect.fnUntraced(function*(terms: Terms, { content, records }: Found) {
  const looking = yield* lookingAt(terms, content)
  const moves: Array<Unfinished["moves"][number]> = []
  for (const record of records) {
    const { left } = yield* folderStepsLeft(looking, record)
    for (const step of left) if (step._tag === "MoveFolder") moves.push({ from: step.from, to: step.to })
  }
  /** Where the thing is now that will have a path after the moves; nothing if they leave the path free. */
  const before = (path: string): string | undefined => {
    let at = path
    for (const { from, to } of moves.toReversed()) {
      if (isInside(at, to)) at = from + at.slice(to.length)
      else if (isInside(at, from)) return undefined
    }
    return at
  }
  const files: Array<Unfinished["files"][number]> = []
  for (const puts of putsOf(records).values()) {
    const { last } = puts
    const path = before(last.path)
    const { found, redo } = path === undefined
      ? { found: { _tag: "Absent" }, redo: "leave" } as const
      : yield* decidePut(looking, { ...puts, last: { ...last, path } })
    const isNew = found._tag === "Absent" && puts.steps[0]?.before === undefined
    const bytes = redo === "done" || (redo === "leave" && !isNew) ? undefined : yield* plannedBytes(terms, last)
    if (bytes !== undefined) files.push({ path: last.path, bytes, hash: last.after })
  }
  const merged = yield* mergeRegistry(terms, records)
  const breather = yield* makeBreather
  const printed = merged._tag === "Merged" ? yield* breather.run(printRegistrySteps(merged.registry)) : undefined
  const registry = printed === undefined ? undefined : { bytes: printed, hash: terms.hash(printed) }
  return { moves, files, registry } satisfies Unfinished
})
