/** Those that make the same change durable: we, the floor, and other libraries; each a few times before the next one. */
import * as fs from "node:fs"

import type { Host } from "./Host.ts"
import { entryOf, manifestOf, type Workspace } from "./Workspaces.ts"

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

/** One change, as others make it: an entry of the registry, and the manifest of the asset. */
export interface Change {
  readonly entry: ReturnType<typeof entryOf>
  readonly manifest: string
}

/** What is registered in a project, and what may be: for others, who have no project. */
export interface Content {
  readonly registered: ReadonlyArray<Change>
  readonly pool: ReadonlyArray<Change>
}

/** What is in a project, as others keep it. */
export const contentOf = ({ assets, pool }: Workspace): Content => {
  const inPool = new Set(pool)
  const changes = Array.from({ length: assets }, (_, index): Change => {
    const entry = entryOf(index + 1)
    return { entry, manifest: manifestOf(index + 1, entry.asset_uuid) }
  })
  return {
    registered: changes.filter(({ entry }) => !inPool.has(entry.root)),
    pool: changes.filter(({ entry }) => inPool.has(entry.root))
  }
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

/** Has the disk finish what anybody left to it: on a journaling file system, one flush is one for all. */
const settle = (dir: string): void => {
  const fd = fs.openSync(`${dir}/settle`, "w")
  fs.writeSync(fd, "settled")
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}

/** How contenders take turns. */
export interface Turns {
  readonly dir: string
  readonly rounds: number
  readonly say: (progress: string) => void
}

/** Has them make changes in turns, each beginning a round as often as any other; gives the times of each round, by name. */
export const inTurns = async (
  contenders: ReadonlyArray<Contender>,
  { dir, rounds, say }: Turns
): Promise<ReadonlyMap<string, ReadonlyArray<ReadonlyArray<number>>>> => {
  const times = new Map(contenders.map(({ name }) => [name, [] as Array<ReadonlyArray<number>>]))
  for (const { inOneTurn, name, prepare, turn, warmUp } of contenders) {
    say(`warming up ${name}`)
    for (let done = 0; done < warmUp; done += inOneTurn) {
      await turn(inOneTurn)
      await prepare(inOneTurn)
    }
  }
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`)
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const { inOneTurn, name, prepare, turn } = contender
      settle(dir)
      times.get(name)?.push(await turn(inOneTurn))
      // What it left behind is its own: nobody else waits for it.
      await prepare(inOneTurn)
    }
  }
  return times
}
