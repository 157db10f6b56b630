/** Contenders that make changes in turns, each a few times before the next one. */
import * as fs from "node:fs"

import type { Contender } from "./Contender.ts"

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
