/** Where processes fight for the lock of one folder, and what is seen of it from outside. */
import { Effect, Option, Schema, type Scope } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { type LockAnswer, type LockKind, LockProcess } from "./LockProcess.ts"

/** What was looked at. */
export interface LockTally {
  lockRounds: number
  /** How often somebody got the lock of one that was gone. */
  lockTakeovers: number
  lockRefusals: number
  lockKills: number
  /** How many of them left a lock, or the claim to one. */
  lockKillsHalfway: number
}

const LockText = Schema.Struct({
  since: Schema.String,
  released: Schema.Boolean,
  holder: Schema.Struct({ pid: Schema.Int, started: Schema.optionalKey(Schema.String) })
})
const decodeLock = Schema.decodeOption(Schema.fromJsonString(LockText))

/** Some processes, one folder, and what is wrong with what they say. */
export class LockArena {
  readonly kind: LockKind
  readonly root: string
  readonly tally: LockTally
  readonly problems: Array<string> = []
  readonly #count: number
  readonly #random: () => number
  #processes: ReadonlyArray<LockProcess> = []
  /** Which round it is, for problems. */
  #round = ""
  #copies = 0

  constructor(kind: LockKind, root: string, count: number, tally: LockTally, random: () => number) {
    this.#count = count
    this.kind = kind
    this.root = root
    this.tally = tally
    this.#random = random
  }

  get processes(): ReadonlyArray<LockProcess> {
    return this.#processes
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  /** A time of up to two days ahead or behind, in milliseconds. */
  jump(): number {
    return Math.round((this.#random() * 2 - 1) * 48 * 3_600_000)
  }

  begin(name: string): void {
    this.#round = name
    this.tally.lockRounds++
  }

  complain(problem: string): void {
    this.problems.push(`round ${this.tally.lockRounds}, ${this.#round}, for the ${this.kind} lock: ${problem}`)
  }

  /** Starts as many as are missing. */
  async fillUp(): Promise<void> {
    const fresh = Array.from(
      { length: this.#count - this.#processes.length },
      () => new LockProcess(this.root, this.kind)
    )
    this.#processes = [...this.#processes, ...fresh]
    for (const process of fresh) this.expect(await process.next(), "Ready")
  }

  async kill(process: LockProcess): Promise<void> {
    this.#processes = this.#processes.filter((other) => other !== process)
    this.tally.lockKills++
    await process.kill()
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()))
    fs.rmSync(this.root, { recursive: true, force: true })
  }

  expect(answer: LockAnswer, tag: LockAnswer["_tag"]): void {
    if (answer._tag !== tag) this.complain(`the answer was ${JSON.stringify(answer)}, and not ${tag}`)
  }

  /** Lets all of them take the lock at once, and gives those that got it, and how the others were refused. */
  async fight(contenders: ReadonlyArray<LockProcess>) {
    for (const process of contenders) process.tell("take")
    const answers = await Promise.all(contenders.map(async (process) => ({ process, answer: await process.next() })))
    const holders = answers.flatMap(({ answer, process }) => answer._tag === "Held" ? [process] : [])
    const refusals = answers.flatMap(({ answer }) => answer._tag === "Held" ? [] : [answer])
    return { holders, refusals }
  }

  /** Lets them fight; exactly one may have it, and all others know who. Gives that one. */
  async win(contenders: ReadonlyArray<LockProcess>): Promise<LockProcess | undefined> {
    const { holders, refusals } = await this.fight(contenders)
    if (holders.length > 1) this.complain(`${holders.length} of ${contenders.length} have it at once`)
    if (holders.length === 0) this.complain(`none of ${contenders.length} got it`)
    const [holder] = holders
    if (holder !== undefined) { for (const refusal of refusals) this.refusedBy(holder.pid, refusal) }
    await this.holds(holder)
    return holder
  }

  /** It was refused, and knows because of whom and since when. */
  refusedBy(pid: number, answer: LockAnswer): void {
    if (answer._tag === "Locked") this.tally.lockRefusals++
    if (this.kind === "naive" && answer._tag === "Locked") return
    const since = Option.getOrUndefined(decodeLock(this.text()))?.since
    const isRight = answer._tag === "Locked" && answer.pid === pid && answer.since === since && !answer.outOfSight
    if (!isRight) this.complain(`the answer was ${JSON.stringify(answer)}, and not that ${pid} has it since ${since}`)
  }

  /** Nobody but this one believes that it has the lock. */
  async holds(holder: LockProcess | undefined): Promise<void> {
    const believers: Array<LockProcess> = []
    for (const process of this.#processes) {
      const answer = await process.ask("check")
      if (answer._tag === "Check" && answer.isHeld) believers.push(process)
    }
    if (believers.length > 1) this.complain(`${believers.map(({ pid }) => pid).join(" and ")} have it at once`)
    if (holder !== undefined && !believers.includes(holder)) this.complain(`${holder.pid} does not have it any more`)
  }

  /** Everybody gives back what they have, and has the time of the machine. */
  async calm(): Promise<void> {
    for (const process of this.#processes) {
      this.expect(await process.ask("release"), "Done")
      this.expect(await process.ask("clock 0"), "Done")
    }
  }

  get #folder(): string {
    return ProjectFolder.at(this.root).lock
  }

  /** The file that is the lock: the one with the highest number. */
  path(ahead = 0): string {
    const numbers = fs.readdirSync(this.#folder).map(Number).filter(Number.isInteger)
    return `${this.#folder}/${Math.max(0, ...numbers) + ahead}`
  }

  /** What stands in the lock. */
  text(): string {
    return fs.existsSync(this.#folder) ? fs.readFileSync(this.path(), "utf8") : ""
  }

  /** The processes that any file in the folder of the lock names. */
  traces(): ReadonlyArray<number> {
    return fs.readdirSync(this.#folder).flatMap((name) => {
      const path = `${this.#folder}/${name}`
      const text = fs.existsSync(path) ? fs.readFileSync(path, "utf8") : ""
      return Option.toArray(decodeLock(text)).map(({ holder }) => holder.pid)
    })
  }

  /** A copy of the folder as it is now. */
  copy(): string {
    const copy = `${this.root}/copies/${++this.#copies}`
    fs.cpSync(`${this.root}/assets`, `${copy}/assets`, { recursive: true })
    return copy
  }
}

/** An arena with so many processes; they are killed, and the folder is gone, at the end of the scope. */
export const lockArena = (
  kind: LockKind,
  count: number,
  tally: LockTally,
  random: () => number
): Effect.Effect<LockArena, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-lock-`))
      return new LockArena(kind, root, count, tally, random)
    }),
    (arena) => Effect.promise(() => arena.end())
  ).pipe(Effect.tap((arena) => Effect.promise(() => arena.fillUp())))
