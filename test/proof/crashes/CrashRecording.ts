/**
 * A project in which things are done, with every moment of that remembered.
 *
 * It is on a disk that forgets. Before each call that changes something, the disk is remembered, and with it how many of
 * the changes had been acknowledged and how many had been begun: what a crash right then leaves has to be the project as it
 * was after one of these.
 */
import { Effect, Exit, Scope } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import { emptyRegistry } from "../../../src/domain/Registry.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import type { Disk } from "../../../src/services/Disk.ts"
import { aroundDisk } from "../../../src/testing/DiskCall.ts"
import type { ProjectTree } from "../../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { type Ending, openSession, root, type SessionOptions } from "../../support/Session.ts"
import { type Expected, expectedAfter, found } from "./Expected.ts"

/** What is done at one time: commands at once, bringing everything to its plain file, or closing and opening again. */
export type Act = ReadonlyArray<Command> | "flush" | "reopen"

/** What is done in a project. */
export interface Doings {
  /** The folder `assets/`, durable when it begins. */
  readonly tree: ProjectTree
  /** What is done next; nothing ends it. */
  readonly next: (snapshot: Snapshot, step: number) => Act | undefined
  readonly tearBytes: number
  readonly settings?: SessionOptions["settings"]
  /** After each of the commands, a checkpoint begins that goes on beside the next ones. */
  readonly beside?: boolean
}

/** A moment at which everything may stop. */
export interface Moment {
  readonly disk: SimulatedDisk
  readonly acknowledged: number
  readonly begun: number
  /** The call that would be next. */
  readonly before: string
}

/** Everything that was remembered. */
interface Recording {
  /** What the project was after each change. */
  readonly expected: ReadonlyArray<Expected>
  readonly moments: ReadonlyArray<Moment>
  readonly endings: ReadonlyArray<Ending>
}

/** Where the assets of every such project are. */
export const assets = `${root}/assets`

/** A disk with a project on it. */
export const diskOf = (tree: ProjectTree, tearBytes = 512): SimulatedDisk => {
  const disk = SimulatedDisk.of({}, { tearBytes })
  for (const [path, node] of tree.entries()) {
    if (node === "folder") disk.putFolder(`${assets}/${path}`)
    else if (node === "link") disk.putLink(`${assets}/${path}`, "/elsewhere")
    else disk.put(`${assets}/${path}`, tree.text(path) ?? "")
  }
  disk.putFolder(`${assets}/.prometeu/runtime`)
  return disk
}

/** How many turns a flush takes: as on a real disk, much can be done meanwhile. */
const turnsOfFlush = Array.from({ length: 25 }, () => Effect.yieldNow)

/** A disk whose calls take turns with each other; the flush that commands wait for is no slower than other calls. */
const slowDisk = (disk: Disk["Service"]): Disk["Service"] =>
  aroundDisk(disk, ({ call }, run) => {
    const isSlow = call === "flush" || call === "flushFolder"
    return Effect.andThen(isSlow ? Effect.all(turnsOfFlush, { discard: true }) : Effect.yieldNow, run)
  })

/** Does what there is to do, and remembers every moment. */
export const record = Effect.fnUntraced(function*({ beside = false, next, settings, tearBytes, tree }: Doings) {
  const disk = diskOf(tree, tearBytes)
  const start: Expected = { ...found(disk, assets), registry: emptyRegistry, trash: [] }
  const expected: Array<Expected> = [start]
  const moments: Array<Moment> = []
  const endings: Array<Ending> = []
  let acknowledged = 0
  let lives = 0
  const remember = (before: string) => {
    moments.push({ disk: disk.fork(), acknowledged, begun: expected.length - 1, before })
  }
  const slow = beside ? slowDisk(disk.disk) : disk.disk
  const open = Effect.gen(function*() {
    const scope = yield* Scope.make()
    const opening = openSession({
      disk: slow,
      prefix: `l${lives++}`,
      ...(settings === undefined ? {} : { settings }),
      onCommit: (plan) => {
        expected.push(expectedAfter(expected.at(-1) ?? start, plan))
      },
      onEnd: (_, result) => {
        if (result._tag !== "Durable") throw new Error(`A disk without faults refused: ${JSON.stringify(result)}`)
        acknowledged++
      }
    })
    return { scope, session: yield* Scope.provide(opening, scope) }
  })
  disk.onCall(({ call, path }) => remember(`${call} ${path.slice(assets.length)}`))
  let { scope, session } = yield* open
  expected[0] = { ...start, registry: session.snapshot().registry }
  for (let step = 0;; step++) {
    const act = next(session.snapshot(), step)
    if (act === undefined) break
    if (act === "reopen") {
      yield* Scope.close(scope, Exit.void)
      const again = yield* open
      scope = again.scope
      session = again.session
    } else if (act === "flush") yield* session.committer.flush
    else {
      for (const ending of yield* session.run(act)) endings.push(ending)
      if (beside) yield* Effect.forkIn(session.committer.flush, scope)
    }
  }
  yield* Scope.close(scope, Exit.void)
  remember("the end")
  disk.onCall(undefined)
  return { expected, moments, endings } satisfies Recording
})
