/**
 * Every crash of a row of commands, looked at.
 *
 * The commands run once on a disk that forgets. Before each call that changes something, the disk is remembered; then each
 * state that a power failure, or the end of the process, can leave at that moment is opened again and compared with what
 * the project was after each command. It has to be one of those: one that holds everything that was acknowledged, and
 * nothing that was not begun.
 */
import { Effect } from "effect"
import type { Command } from "../../src/domain/Command.ts"
import { emptyRegistry } from "../../src/domain/Registry.ts"
import type { FileSeen, Scan } from "../../src/domain/Seen.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { crashStates } from "../../src/testing/CrashStates.ts"
import { aroundDisk } from "../../src/testing/DiskCall.ts"
import type { ProjectTree } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { digest, type Expected, expectedAfter, found, leftovers } from "./Expected.ts"
import { type Ending, openCommitter, openReadOnly, openSession, root, type SessionOptions } from "./Session.ts"

/** What is explored. */
export interface Exploration {
  /** The folder `assets/`, durable when it begins. */
  readonly tree: ProjectTree
  /** What is run next, at once; nothing ends it. */
  readonly next: (snapshot: Snapshot, step: number) => ReadonlyArray<Command> | undefined
  readonly random: () => number
  /** How many states of one moment are looked at, at most. */
  readonly most: number
  /** How many states of one moment of a recovery are. */
  readonly mostOfRecovery: number
  readonly tearBytes: number
  readonly settings?: SessionOptions["settings"]
  /** Checkpoints run beside the commands instead of between them. */
  readonly beside?: boolean
}

/** What was explored, and what was wrong. */
export interface Explored {
  points: number
  exhaustivePoints: number
  crashStates: number
  recoveryStates: number
  /** States in which something had to be shown that could not be put in place, because nothing could be written. */
  readOnly: number
  readonly violations: Array<string>
  readonly endings: Map<string, number>
}

const assets = `${root}/assets`

/** A moment at which everything may stop. */
interface Moment {
  readonly disk: SimulatedDisk
  readonly acknowledged: number
  readonly begun: number
  readonly before: string
}

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

/** Runs commands, and remembers every moment. */
const record = Effect.fnUntraced(function*(exploration: Exploration) {
  const { beside = false, next, settings, tearBytes, tree } = exploration
  const disk = diskOf(tree, tearBytes)
  const start: Expected = { ...found(disk, assets), registry: emptyRegistry, trash: [] }
  const expected: Array<Expected> = [start]
  const moments: Array<Moment> = []
  let acknowledged = 0
  const endings: Array<Ending> = []
  const remember = (before: string) => {
    moments.push({ disk: disk.fork(), acknowledged, begun: expected.length - 1, before })
  }
  disk.onCall(({ call, path }) => remember(`${call} ${path.slice(assets.length)}`))
  yield* Effect.scoped(Effect.gen(function*() {
    const session = yield* openSession({
      disk: beside ? aroundDisk(disk.disk, (_, run) => Effect.andThen(Effect.yieldNow, run)) : disk.disk,
      prefix: "a",
      ...(settings === undefined ? {} : { settings }),
      onCommit: (plan) => {
        expected.push(expectedAfter(expected.at(-1) ?? start, plan))
      },
      onEnd: (_, result) => {
        if (result._tag !== "Durable") throw new Error(`A disk without faults refused: ${JSON.stringify(result)}`)
        acknowledged++
      }
    })
    expected[0] = { ...start, registry: session.snapshot().registry }
    for (let step = 0;; step++) {
      const group = next(session.snapshot(), step)
      if (group === undefined) return
      for (const ending of yield* session.run(group)) endings.push(ending)
      if (beside) yield* Effect.forkScoped(session.committer.flush)
      else if (step % 3 === 2) yield* session.committer.flush
    }
  }))
  remember("the end")
  disk.onCall(undefined)
  return { expected: expected.map(digest), moments, endings, end: disk }
})

/** Opens a disk that a crash left, and says what is wrong with what is found. */
const check = Effect.fnUntraced(function*(
  disk: SimulatedDisk,
  { acknowledged, begun, expected }: Pick<Moment, "acknowledged" | "begun"> & {
    readonly expected: ReadonlyArray<string>
  },
  opening: { readonly prefix: string; readonly boot: string }
) {
  const open = Effect.scoped(Effect.gen(function*() {
    const committer = yield* openCommitter({ disk: disk.disk, ...opening })
    return { recovery: committer.recovery, halted: yield* committer.standstill }
  }))
  const first = yield* open
  if (first.halted !== undefined) return `nothing can be committed: ${JSON.stringify(first.halted)}`
  if (first.recovery.overtaken.length > 0) {
    return `an edit that nobody made: ${JSON.stringify(first.recovery.overtaken)}`
  }
  const is = digest(found(disk, assets))
  const state = expected.findIndex((text, index) => text === is && index >= acknowledged && index <= begun)
  if (state < 0) {
    const other = expected.indexOf(is)
    const what = other < 0 ? "no state there ever was" : `the state after ${other}`
    return `${what}, where ${acknowledged} were acknowledged and ${begun} begun; now ${is}`
  }
  const left = leftovers(disk, assets)
  if (left.length > 0) return `left behind: ${left.join(", ")}`
  if (disk.openFiles > 0) return `${disk.openFiles} files are open`
  const again = yield* open
  if (again.recovery.finished.length > 0) return "a second opening found something to finish"
  return digest(found(disk, assets)) === is ? undefined : "a second opening changed something"
})

/** What a scan shows, as text. */
const view = ({ registry, roots }: Scan): string => {
  const text = (file: FileSeen) => file._tag === "File" ? new TextDecoder().decode(file.bytes) : file._tag
  const all = roots.map(({ folder, manifest, spelling }) => [
    spelling,
    text(manifest),
    folder.files.map(({ path }) => path).filter((path) => path !== "asset.json")
  ])
  return JSON.stringify([text(registry), all])
}

/** Looks at every crash of a row of commands. */
export const explore = Effect.fnUntraced(function*(exploration: Exploration) {
  const { most, mostOfRecovery, random } = exploration
  const { endings, expected, moments } = yield* record(exploration)
  const explored: Explored = {
    points: moments.length,
    exhaustivePoints: 0,
    crashStates: 0,
    recoveryStates: 0,
    readOnly: 0,
    violations: [],
    endings: new Map()
  }
  for (const ending of endings) {
    const tag = ending._tag === "Ended" ? ending.result._tag : ending._tag
    explored.endings.set(tag, (explored.endings.get(tag) ?? 0) + 1)
  }
  const seen = new Set<string>()
  for (const moment of moments) {
    const about = { ...moment, expected }
    /** Looks at every crash of a recovery. */
    const recoverTwice = Effect.fnUntraced(function*(
      disk: SimulatedDisk,
      boot: string,
      where: (what: string, problem: string) => string
    ) {
      const inside: Array<readonly [string, SimulatedDisk]> = []
      if (mostOfRecovery === 0) return
      disk.onCall(({ call, path }) => inside.push([`${call} ${path.slice(assets.length)}`, disk.fork()]))
      yield* Effect.scoped(openCommitter({ disk: disk.disk, prefix: "b", boot }))
      for (const [call, halfway] of inside) {
        for (const { disk: twice } of crashStates(halfway, { most: mostOfRecovery, random })) {
          const key = `${twice.fingerprint()} ${moment.acknowledged} ${moment.begun}`
          if (seen.has(key)) continue
          seen.add(key)
          explored.recoveryStates++
          const problem = yield* check(twice, about, { prefix: "c", boot: "boot-3" })
          if (problem !== undefined) {
            explored.violations.push(where(`crash in recovery before "${call}", begun`, problem))
          }
        }
      }
    })
    const where = (what: string, problem: string) => `${what} before "${moment.before}": ${problem}`
    const killed = yield* check(moment.disk.kill(), about, { prefix: "k", boot: "boot-1" })
    explored.crashStates++
    if (killed !== undefined) explored.violations.push(where("kill", killed))
    // The machine goes down while the project is opened again after the end of the process: nothing was flushed between.
    if (random() < 0.2) yield* recoverTwice(moment.disk.fork(), "boot-1", where)
    let isExhaustive = true
    for (const { disk, exhaustive } of crashStates(moment.disk, { most, random })) {
      isExhaustive &&= exhaustive
      const key = `${disk.fingerprint()} ${moment.acknowledged} ${moment.begun}`
      if (seen.has(key)) continue
      seen.add(key)
      explored.crashStates++
      const before = mostOfRecovery > 0 ? disk.fork() : disk
      const unwritten = random() < 0.2 ? disk.fork() : undefined
      const problem = yield* check(disk, about, { prefix: "b", boot: "boot-2" })
      if (problem !== undefined) explored.violations.push(where("crash", problem))
      if (unwritten !== undefined) {
        const bytes = unwritten.kill().fingerprint()
        const shown = yield* openReadOnly({ disk: unwritten.disk, prefix: "r", boot: "boot-2" })
        const { scan } = yield* openReadOnly({ disk: disk.disk, prefix: "r", boot: "boot-2" })
        explored.readOnly += shown.hasUnfinished ? 1 : 0
        if (view(shown.scan) !== view(scan)) {
          explored.violations.push(where("read-only", "it does not show what is durable"))
        }
        if (unwritten.kill().fingerprint() !== bytes) {
          explored.violations.push(where("read-only", "something was written"))
        }
      }
      if (random() < 0.1) yield* recoverTwice(before, "boot-2", where)
    }
    if (isExhaustive) explored.exhaustivePoints++
  }
  return explored
})

/** Numbers that look random and are the same for the same seed. */
export const seeded = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = state + 0x6d_2b_79_f5 >>> 0
    let t = state
    t = Math.imul(t ^ t >>> 15, t | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32
  }
}
