/** Somebody else who edits a project: at each call of each command, and after each crash of it. */
import { Effect } from "effect"
import { longAfter, rightThen } from "./Clocks.ts"
import { cases, edits as kinds } from "./edits/Edited.ts"
import { editWhileClosed } from "./edits/WhileClosed.ts"
import { editWhileOpen } from "./edits/WhileOpen.ts"
import type { Findings, Piece } from "./Part.ts"

/** How many pieces are all of them. */
export const editPieces = cases.length * kinds.length

/** Makes one kind of edit in one command. There is nothing by chance in it. */
export const edits: Piece = (seed) =>
  Effect.gen(function*() {
    const edited = cases[seed % cases.length]
    const edit = kinds[Math.floor(seed / cases.length) % kinds.length]
    const violations: Array<string> = []
    const counts: Record<string, number> = { editCases: 0 }
    const told = (end: string, problems: ReadonlyArray<string>) => {
      counts["editCases"] = (counts["editCases"] ?? 0) + 1
      const name = `edits${end.replaceAll(" ", "")}`
      counts[name] = (counts[name] ?? 0) + 1
      violations.push(...problems)
    }
    if (edited !== undefined && edit !== undefined) {
      yield* Effect.provide(editWhileOpen(edited, edit, told), rightThen, { local: true })
      yield* Effect.provide(editWhileOpen(edited, edit, told), longAfter, { local: true })
      yield* Effect.provide(editWhileClosed(edited, edit, told), rightThen, { local: true })
    }
    return { counts, violations } satisfies Findings
  }).pipe(Effect.orDie)
