/**
 * Every crash of what is done in a project, looked at.
 *
 * Each state that a power failure, or the end of the process, can leave at a remembered moment is opened again and compared
 * with what the project was after each change. It has to be one of those: one that holds everything that was acknowledged,
 * and nothing that was not begun. Then it is opened once more, which must find nothing to do.
 */
import { Effect } from "effect"
import type { FileSeen, Scan } from "../../../src/domain/Seen.ts"
import { defaultCommitterSettings } from "../../../src/layers/JournaledCommitter.ts"
import type { DiskError } from "../../../src/services/Disk.ts"
import { crashStates } from "../../../src/testing/CrashStates.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { openCommitter, openReadOnly } from "../../support/Session.ts"
import { assets, type Doings, type Moment, record } from "./CrashRecording.ts"
import { digest, type Expected, found, leftovers, trashProblem, treeText } from "./Expected.ts"

/** How often an opening is cut short in a row, at most, and of how many that were cut short the next one is. */
const crashesInARow = 3
const shareOfNext = 1 / 400

/** What is explored, and how far. */
export interface Exploration extends Doings {
  readonly random: () => number
  /** How many states of one moment are looked at, at most. */
  readonly most: number
  /** How many states of one moment of a recovery are; none if there is nothing to be looked at there. */
  readonly mostOfRecovery: number
  /** Of how many states the recovery is cut short everywhere, and a read-only opening is compared: a share of 1. */
  readonly share: number
}

/** What was explored, and what was wrong. */
interface Explored {
  readonly points: number
  readonly visitedPoints: number
  /** Those of which every state was looked at. */
  readonly exhaustivePoints: number
  /** The disks that were opened, and those that a crash of an opening left, by their fingerprints. */
  readonly images: ReadonlySet<string>
  readonly recoveryImages: ReadonlySet<string>
  /** Crashes that were judged: the same disk counts for each moment it can be left at. */
  readonly crashes: number
  /** States in which something had to be shown that could not be put in place, because nothing could be written. */
  readonly readOnly: number
  readonly violations: ReadonlyArray<string>
  readonly endings: ReadonlyMap<string, number>
}

/** How the machine comes up again. */
interface Opening {
  readonly prefix: string
  readonly boot: string
}

/** What became of a disk that was opened. */
interface Verdict {
  /** The project that was found: its tree as text, and its trash. */
  readonly is: string
  readonly trash: Expected["trash"]
  readonly problem: string | undefined
}

/** What the project was after one of the changes. */
interface State extends Pick<Expected, "trash"> {
  readonly text: string
}

/** Opens disks that a crash left, each once, and says what is found there and what is wrong with that. */
const makeJudge = () => {
  const verdicts = new Map<string, Verdict>()
  const settled = new Map<string, string | undefined>()

  const open = ({ disk }: SimulatedDisk, opening: Opening) =>
    Effect.scoped(Effect.gen(function*() {
      const { recovery, standstill } = yield* openCommitter({ disk, ...opening })
      return { recovery, halted: yield* standstill }
    }))

  /** What is wrong with opening a disk that was opened and closed: as a rule, many crashes end in the same. */
  const openAgain = Effect.fnUntraced(function*(disk: SimulatedDisk, opening: Opening) {
    const now = `${opening.boot} ${disk.kill().fingerprint()}`
    if (settled.has(now)) return settled.get(now)
    const is = digest(found(disk, assets))
    const { recovery } = yield* open(disk, opening)
    const problem = recovery.finished.length > 0
      ? "a second opening found something to finish"
      : digest(found(disk, assets)) === is
      ? undefined
      : "a second opening changed something"
    settled.set(now, problem)
    return problem
  })

  const look = Effect.fnUntraced(function*(disk: SimulatedDisk, opening: Opening) {
    const { halted, recovery } = yield* open(disk, opening)
    const { trash, tree } = found(disk, assets)
    const left = leftovers(disk, assets)
    const first = halted !== undefined
      ? `nothing can be committed: ${JSON.stringify(halted)}`
      : recovery.overtaken.length > 0
      ? `an edit that nobody made: ${JSON.stringify(recovery.overtaken)}`
      : left.length > 0
      ? `left behind: ${left.join(", ")}`
      : disk.openFiles > 0
      ? `${disk.openFiles} files are open`
      : undefined
    return { is: treeText({ tree }), trash, problem: first ?? (yield* openAgain(disk, opening)) } satisfies Verdict
  })

  /** The verdict on a disk; gives as well whether it is the first time that this disk is seen. */
  return Effect.fnUntraced(function*(disk: SimulatedDisk, opening: Opening) {
    const fingerprint = disk.fingerprint()
    const key = `${opening.boot} ${fingerprint}`
    const known = verdicts.get(key)
    if (known !== undefined) return { fingerprint, verdict: known, isNew: false }
    const verdict = yield* look(disk, opening)
    verdicts.set(key, verdict)
    return { fingerprint, verdict, isNew: true }
  })
}

/** What is wrong with a verdict at a moment. */
const problemOf = (
  { is, problem, trash }: Verdict,
  { acknowledged, begun }: Moment,
  { states, trashLimit }: { readonly states: ReadonlyArray<State>; readonly trashLimit: number }
): string | undefined => {
  if (problem !== undefined) return problem
  const problems: Array<string> = []
  for (const state of states.slice(acknowledged, begun + 1)) {
    if (state.text !== is) continue
    const problem = trashProblem(trash, state.trash, trashLimit)
    if (problem === undefined) return undefined
    problems.push(problem)
  }
  const other = states.findIndex(({ text }) => text === is)
  const what = other < 0 ? "no state there ever was" : `the state after ${other}`
  const where = `where ${acknowledged} were acknowledged and ${begun} begun`
  return problems[0] ?? `${what}, ${where}; now ${is}`
}

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

/** What is wrong with what a disk shows that cannot be written, next to `opened`, which is the same one opened. */
const compareReadOnly = Effect.fnUntraced(function*(unwritten: SimulatedDisk, opened: SimulatedDisk) {
  const bytes = unwritten.kill().fingerprint()
  const shown = yield* openReadOnly({ disk: unwritten.disk, prefix: "r", boot: "boot-2" })
  const { scan } = yield* openReadOnly({ disk: opened.disk, prefix: "r", boot: "boot-2" })
  const problem = view(shown.scan) !== view(scan)
    ? "it does not show what is durable"
    : unwritten.kill().fingerprint() === bytes
    ? undefined
    : "something was written"
  return { problem, hasUnfinished: shown.hasUnfinished }
})

/** Looks at every crash of what is done in a project. */
export const explore = Effect.fnUntraced(function*(exploration: Exploration) {
  const { most, mostOfRecovery, random, share } = exploration
  const { endings, expected, moments } = yield* record(exploration)
  const whatWas = {
    states: expected.map(({ trash, tree }): State => ({ text: treeText({ tree }), trash })),
    trashLimit: exploration.settings?.trashLimit ?? defaultCommitterSettings.trashLimit
  }
  const judge = makeJudge()
  const images = new Set<string>()
  const recoveryImages = new Set<string>()
  const violations: Array<string> = []
  let [crashes, visitedPoints, exhaustivePoints, readOnly] = [0, 0, 0, 0]
  const tags = new Map<string, number>()
  for (const ending of endings) {
    const tag = ending._tag === "Ended" ? ending.result._tag : ending._tag
    tags.set(tag, (tags.get(tag) ?? 0) + 1)
  }
  for (const moment of moments) {
    const complain = (what: string, problem: string | undefined) => {
      if (problem !== undefined) violations.push(`${what} before "${moment.before}": ${problem}`)
    }

    /** Cuts an opening short before each of its calls, and looks at what that leaves; some of that is cut short again. */
    const crashAgain = Effect.fnUntraced(function*(
      disk: SimulatedDisk,
      boot: string,
      again = 1
    ): Effect.fn.Return<void, DiskError> {
      const inside: Array<readonly [call: string, disk: SimulatedDisk]> = []
      disk.onCall(({ call, path }) => inside.push([`${call} ${path.slice(assets.length)}`, disk.fork()]))
      yield* Effect.scoped(openCommitter({ disk: disk.disk, prefix: `b${again}`, boot }))
      for (const [call, halfway] of inside) {
        for (const { disk: left } of crashStates(halfway, { most: mostOfRecovery, random })) {
          const before = left.fork()
          const { fingerprint, isNew, verdict } = yield* judge(left, { prefix: "c", boot: `boot-${again + 2}` })
          recoveryImages.add(fingerprint)
          complain(`crash ${again} in an opening before "${call}", begun`, problemOf(verdict, moment, whatWas))
          if (isNew && again < crashesInARow && random() < shareOfNext) {
            yield* crashAgain(before, `boot-${again + 2}`, again + 1)
          }
        }
      }
    })

    const killed = yield* judge(moment.disk.kill(), { prefix: "k", boot: "boot-1" })
    images.add(killed.fingerprint)
    crashes++
    complain("kill", problemOf(killed.verdict, moment, whatWas))
    // The machine goes down while the project is opened again after the end of the process: nothing was flushed between.
    if (mostOfRecovery > 0 && random() < share) yield* crashAgain(moment.disk.fork(), "boot-1")
    let isExhaustive = true
    for (const { disk, exhaustive } of crashStates(moment.disk, { most, random })) {
      isExhaustive &&= exhaustive
      const before = disk.fork()
      const { fingerprint, isNew, verdict } = yield* judge(disk, { prefix: "b", boot: "boot-2" })
      images.add(fingerprint)
      crashes++
      complain("crash", problemOf(verdict, moment, whatWas))
      if (!isNew) continue
      if (random() < share) {
        const { hasUnfinished, problem } = yield* compareReadOnly(before.fork(), disk)
        if (hasUnfinished) readOnly++
        complain("read-only", problem)
      }
      if (mostOfRecovery > 0 && random() < share) yield* crashAgain(before, "boot-2")
    }
    visitedPoints++
    if (isExhaustive) exhaustivePoints++
  }
  const explored: Explored = {
    points: moments.length,
    visitedPoints,
    exhaustivePoints,
    images,
    recoveryImages,
    crashes,
    readOnly,
    violations,
    endings: tags
  }
  return explored
})
