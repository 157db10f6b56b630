/**
 * Two to four processes that want one lock, with every call to the disk a point where any other may go on, or where the
 * one that makes it may die. Each schedule follows from its seed.
 */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Exit, Layer } from "effect"
import type { ProjectLocked } from "../../src/domain/OpeningErrors.ts"
import { folderLock } from "../../src/layers/FolderLock.ts"
import { Disk, type DiskEntry, DiskError } from "../../src/services/Disk.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import { aroundDisk } from "../../src/testing/DiskCall.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"

const root = "/p"
const places = ProjectFolder.at(root)
const schedulesEach = 200
const firstSeed = 1

/** Numbers from 0 up to 1 that follow from a seed. */
const randomOf = (seed: number): () => number => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A lock that a process has left which is dead. */
const leftText = (inode: string | undefined, device: string | undefined, released: boolean) =>
  JSON.stringify({
    version: 1,
    nonce: "left",
    since: "2020-01-01T00:00:00.000Z",
    folder: { device, inode },
    released,
    holder: { pid: 9, started: "9", host: "h", boot: "b" }
  })

type Start = "empty" | "dead" | "released" | "torn" | "filling"

/** What is there before anybody comes. */
const startWith = (disk: SimulatedDisk, start: Start): void => {
  disk.putFolder(start === "empty" ? root : places.lock)
  if (start === "empty") return
  const stat = Effect.runSync(disk.disk.stat(places.runtime))
  const text = leftText(stat?.inode, stat?.device, start === "released")
  disk.put(`${places.lock}/4`, start === "torn" || start === "filling" ? "" : text)
  if (start === "filling") disk.put(`${places.lock}/4.x`, text)
}

interface Contender {
  readonly pid: number
  alive: boolean
  exit: Exit.Exit<void, DiskError> | undefined
  /** Its lock, from when it has finished taking it until it begins to release it. */
  lock: ProjectLock["Service"] | undefined
}

/** What came of some schedules. */
interface Tally {
  steps: number
  taken: number
  refused: number
  died: number
}

/** One schedule of one disk, and everybody in it. */
class Schedule {
  readonly #disk = SimulatedDisk.of()
  readonly #random: () => number
  readonly #hasLinks: boolean
  readonly #contenders: Array<Contender> = []
  readonly #waiting = new Map<Contender, () => void>()
  readonly #tally: Tally
  /** While somebody looks from outside, nobody gets a turn. */
  #looking = false

  constructor(seed: number, start: Start, hasLinks: boolean, tally: Tally) {
    this.#random = randomOf(seed)
    this.#hasLinks = hasLinks
    this.#tally = tally
    startWith(this.#disk, start)
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #turn(contender: Contender): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#looking) resume(Effect.void)
      else this.#waiting.set(contender, () => resume(Effect.void))
    })
  }

  /** The disk as one of them uses it. */
  #diskOf(contender: Contender): Disk["Service"] {
    const { disk } = this.#disk
    const turn = this.#turn(contender)
    const stepwise = aroundDisk(disk, ({ call, path }, run) => {
      const refused = call === "link" && !this.#hasLinks
      return Effect.andThen(turn, refused ? Effect.fail(new DiskError({ call, path, errno: "ENOTSUP" })) : run)
    })
    // What comes or goes while a folder is listed may be in the list or not.
    const list = (path: string) =>
      Effect.gen({ self: this }, function*() {
        yield* turn
        const before = yield* disk.list(path)
        yield* turn
        const after = yield* disk.list(path)
        const lasting = (entry: DiskEntry) =>
          [before, after].every((list) => list.some(({ name }) => name === entry.name))
        return [...before, ...after.filter((entry) => !lasting(entry))]
          .filter((entry) => lasting(entry) || this.#random() < 0.5)
      })
    return { ...stepwise, list }
  }

  /** A clock that lets others go on for as long as they like, whatever time is asked for. */
  #clockOf(contender: Contender): Clock.Clock {
    return {
      currentTimeMillisUnsafe: () => 0,
      currentTimeMillis: Effect.succeed(0),
      currentTimeNanosUnsafe: () => 0n,
      currentTimeNanos: Effect.succeed(0n),
      monotonicTimeNanosUnsafe: () => 0n,
      monotonicTimeNanos: Effect.succeed(0n),
      sleep: () => this.#turn(contender)
    }
  }

  #life(contender: Contender): Effect.Effect<void, DiskError> {
    const { pid } = contender
    const self = { pid, started: `${pid}`, host: "h", machine: undefined, boot: "b", space: undefined }
    const isRunning = (pid: number) =>
      this.#contenders.some((each) => each.pid === pid && each.alive) ? "running" : "gone"
    const turn = this.#turn(contender)
    const wish = Effect.fnUntraced({ self: this }, function*(name: string) {
      yield* turn
      const context = yield* Layer.build(
        folderLock().pipe(Layer.provide([
          Layer.succeed(Disk, this.#diskOf(contender)),
          testHost(self, isRunning, name),
          ProjectFolder.layer(root)
        ]))
      )
      this.#tally.taken++
      contender.lock = Context.get(context, ProjectLock)
      for (let breaths = this.#below(2) * this.#below(40); breaths > 0; breaths--) yield* turn
      contender.lock = undefined
    }, Effect.scoped)
    const refused = ({ outOfSight, pid }: ProjectLocked) => {
      this.#tally.refused++
      assert.isTrue(!outOfSight && this.#contenders.some((each) => each.pid === pid), `refused because of ${pid}`)
    }
    return Effect.forEach(
      Array.from({ length: 1 + this.#below(2) }, (_, index) => `c${pid}w${index}x`),
      (name) => wish(name).pipe(Effect.catchTag("ProjectLocked", (error) => Effect.sync(() => refused(error)))),
      { discard: true }
    ).pipe(Effect.provideService(Clock.Clock, this.#clockOf(contender)))
  }

  #begin(pid: number): Contender {
    const contender: Contender = { pid, alive: true, exit: undefined, lock: undefined }
    this.#contenders.push(contender)
    Effect.runFork(this.#life(contender)).addObserver((exit) => {
      contender.exit = exit
    })
    return contender
  }

  #isHeld(lock: ProjectLock["Service"]): boolean {
    this.#looking = true
    try {
      return Effect.runSync(lock.isHeld)
    } finally {
      this.#looking = false
    }
  }

  /** One goes on to its next call, or dies before it is made. */
  async #step(contender: Contender, dies: boolean): Promise<void> {
    const go = this.#waiting.get(contender)
    this.#waiting.delete(contender)
    this.#tally.steps++
    if (dies) {
      this.#tally.died++
      contender.alive = false
      contender.lock = undefined
      return
    }
    go?.()
    while (!this.#waiting.has(contender) && contender.exit === undefined) await Promise.resolve()
    if (contender.exit !== undefined) assert.deepStrictEqual(contender.exit, Exit.void)
  }

  async run(): Promise<void> {
    const count = 2 + this.#below(3)
    const deadliness = this.#below(2) * 0.02
    // How likely it is that the same one goes on: others then wait for long, which is where stale looks come from.
    const stickiness = [0, 0.7, 0.85, 0.93, 0.96][this.#below(5)] ?? 0
    const taken = this.#tally.taken
    const died = this.#tally.died
    for (let pid = 1; pid <= count; pid++) this.#begin(pid)
    while (this.#waiting.size < count) await Promise.resolve()

    let last: Contender | undefined
    while (this.#waiting.size > 0) {
      const able = [...this.#waiting.keys()]
      const stays = last !== undefined && this.#waiting.has(last) && this.#random() < stickiness
      const next = stays ? last : able[this.#below(able.length)]
      if (next === undefined) break
      await this.#step(next, this.#random() < deadliness)
      last = next
      const believers = this.#contenders.flatMap(({ lock, pid }) => lock === undefined ? [] : [{ lock, pid }])
      assert.isAtMost(believers.length, 1, "two believe that they have the lock")
      for (const { lock, pid } of believers) assert.isTrue(this.#isHeld(lock), `${pid} lost its lock`)
    }
    if (this.#tally.died === died) assert.isAbove(this.#tally.taken, taken, "nobody got the lock")

    // Whoever comes after all of them finds nothing that is in the way.
    const before = this.#tally.taken
    const heir = this.#begin(99)
    while (!this.#waiting.has(heir)) await Promise.resolve()
    while (this.#waiting.has(heir)) await this.#step(heir, false)
    assert.isAbove(this.#tally.taken, before, "the heir did not get the lock")
  }
}

describe("every promise of the lock holds", () => {
  const starts: ReadonlyArray<Start> = ["empty", "dead", "released", "torn", "filling"]
  const last = firstSeed + schedulesEach - 1

  for (const hasLinks of [true, false]) {
    for (const start of starts) {
      const where = hasLinks ? "links" : "no links"
      it(`in ${schedulesEach} schedules, seeds ${firstSeed} to ${last}: ${where}, ${start} at the start`, async () => {
        const tally: Tally = { steps: 0, taken: 0, refused: 0, died: 0 }
        for (let seed = firstSeed; seed <= last; seed++) {
          await new Schedule(seed, start, hasLinks, tally).run().catch((cause: unknown) => {
            throw new Error(`seed ${seed}`, { cause })
          })
        }
        // Schedules in which nothing happens would prove nothing.
        assert.isAbove(Math.min(tally.taken, tally.refused, tally.died), schedulesEach / 10)
      })
    }
  }
})
