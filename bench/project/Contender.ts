/** Those that make the same change durable: we with a project, and other libraries with what is in it. */
import type { Change, Content } from "./Content.ts"
import type { Host } from "./Host.ts"

/** How often somebody makes a change. */
export interface Pace {
  /** Before anything counts. */
  readonly warmUp: number
  /** Before it is the next one's turn. */
  readonly inOneTurn: number
}

/** Somebody who makes changes durable. */
export interface Contender extends Pace {
  readonly name: string
  /** Makes so many changes durable, each after the one before, and tells how many microseconds each took. */
  readonly turn: (count: number) => Promise<ReadonlyArray<number>>
  /** Finishes what others would have to wait for, and has enough to do for so many changes more. */
  readonly prepare: (count: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Another library, with a project's content in it. */
export interface Peer {
  /** Makes one change durable. */
  readonly change: (change: Change) => void | Promise<void>
  /** Takes these changes back, so that they can be made again. */
  readonly restore: (changes: ReadonlyArray<Change>) => void | Promise<void>
  readonly close: () => void | Promise<void>
}

/** Gives out what has not been changed yet. */
class Pool<A> {
  readonly #all: ReadonlyArray<A>
  #used = 0

  constructor(all: ReadonlyArray<A>) {
    this.#all = all
  }

  hasLeft(count: number): boolean {
    return this.#all.length - this.#used >= count
  }

  take(count: number): ReadonlyArray<A> {
    return this.#all.slice(this.#used, this.#used += count)
  }

  /** What was given out; all can be given out again. */
  restart(): ReadonlyArray<A> {
    const used = this.#all.slice(0, this.#used)
    this.#used = 0
    return used
  }
}

/** Times what is done, one after the other, in microseconds. What is done synchronously is not waited for. */
export const timeEach = async <A>(
  all: Iterable<A>,
  work: (one: A) => void | Promise<void>
): Promise<ReadonlyArray<number>> => {
  const times: Array<number> = []
  for (const one of all) {
    const start = performance.now()
    const done = work(one)
    if (done !== undefined) await done
    times.push((performance.now() - start) * 1000)
  }
  return times
}

/** Another library that makes the changes of a project. */
export const contenderOf = (name: string, { pool: changes }: Content, pace: Pace, peer: Peer): Contender => {
  const pool = new Pool(changes)
  return {
    ...pace,
    name,
    turn: (count) => timeEach(pool.take(count), peer.change),
    prepare: async (count) => {
      if (!pool.hasLeft(count)) await peer.restore(pool.restart())
    },
    close: async () => peer.close()
  }
}

/** We, with a project that is open. How long it takes after each turn to finish what it left is kept, in milliseconds. */
export const packerOf = (
  name: string,
  pace: Pace,
  host: Host
): Contender & { readonly flushes: ReadonlyArray<number> } => {
  const pool = new Pool(host.workspace.pool)
  const flushes: Array<number> = []
  return {
    ...pace,
    name,
    flushes,
    turn: (count) => host.register(pool.take(count)),
    prepare: async (count) => {
      flushes.push(await host.flush())
      if (pool.hasLeft(count)) return
      pool.restart()
      await host.restore()
    },
    close: async () => {
      await host.restore()
      await host.close()
    }
  }
}
