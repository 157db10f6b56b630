/** Rounds of the fight for a lock: each brings the lock into one kind of trouble, and says what must come of it. */
import * as fs from "node:fs"
import type { LockArena } from "./LockArena.ts"

/** One round. It begins and ends with nobody having the lock. */
export type LockRound = (arena: LockArena) => Promise<void>

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** All at the same instant: exactly one has it, and the others get it when that one has given it back. */
const start: LockRound = async (arena) => {
  const winner = await arena.win(arena.processes)
  if (winner !== undefined) arena.expect(await winner.ask("release"), "Done")
}

/** A holder is killed: exactly one of the others has it at once. */
const killed: LockRound = async (arena) => {
  const holder = await arena.win(arena.processes)
  if (holder === undefined) return
  await arena.kill(holder)
  if (await arena.win(arena.processes) !== undefined) arena.tally.lockTakeovers++
}

/** Somebody is killed in the middle of taking: that is in nobody's way. */
const killedInTheMiddle: LockRound = async (arena) => {
  const [victim, ...others] = arena.processes
  if (victim === undefined) return
  victim.tell("take")
  await pause(arena.below(8))
  const fight = arena.fight(others)
  await pause(arena.below(4))
  await arena.kill(victim)
  const { holders, refusals } = await fight
  if (arena.traces().includes(victim.pid)) arena.tally.lockKillsHalfway++
  if (holders.length > 1) arena.complain(`${holders.length} have it at once`)
  const [holder] = holders
  for (const refusal of refusals) {
    if (refusal._tag !== "Locked") arena.expect(refusal, "Locked")
    else if (refusal.pid !== victim.pid && refusal.pid !== holder?.pid) {
      arena.complain(`refused because of ${refusal.pid}`)
    }
  }
  await arena.holds(holder)
  if (holder !== undefined) arena.expect(await holder.ask("release"), "Done")
  else if (await arena.win(others) !== undefined) arena.tally.lockTakeovers++
}

/** A holder is stopped for a while: nobody follows it, whatever their clocks say, and it still has it when it goes on. */
const stopped: LockRound = async (arena) => {
  const [holder, ...others] = arena.processes
  if (holder === undefined) return
  arena.expect(await holder.ask("take"), "Held")
  holder.signal("SIGSTOP")
  await pause(100 + arena.below(50))
  for (const rival of others) {
    arena.refusedBy(holder.pid, await rival.ask("take"))
    arena.expect(await rival.ask(`clock ${arena.jump()}`), "Done")
    arena.refusedBy(holder.pid, await rival.ask("take"))
  }
  holder.signal("SIGCONT")
  await arena.holds(holder)
}

/** Clocks jump between openings and while the lock is held: it does not depend on them. */
const jumping: LockRound = async (arena) => {
  for (const process of arena.processes) arena.expect(await process.ask(`clock ${arena.jump()}`), "Done")
  for (let turn = 0; turn < 3; turn++) {
    const winner = await arena.win(arena.processes)
    if (winner === undefined) return
    for (const process of arena.processes) arena.expect(await process.ask(`clock ${arena.jump()}`), "Done")
    await arena.holds(winner)
    for (const rival of arena.processes) {
      if (rival !== winner) arena.refusedBy(winner.pid, await rival.ask("take"))
    }
    await arena.holds(winner)
    arena.expect(await winner.ask("release"), "Done")
  }
}

/** Makes a lock of somebody who runs, and does not know of it, from one that they had. */
const forge = async (arena: LockArena, change: (text: string) => string): Promise<number | undefined> => {
  const [named] = arena.processes
  if (named === undefined) return undefined
  arena.expect(await named.ask("take"), "Held")
  const text = arena.text()
  arena.expect(await named.ask("release"), "Done")
  fs.writeFileSync(arena.path(), change(text))
  return named.pid
}

/** The pid in the lock is in use, by a process that started at another time: it is followed. */
const reusedPid: LockRound = async (arena) => {
  await forge(arena, (text) => text.replace(/"started":"\d+"/, "\"started\":\"1\""))
  if (await arena.win(arena.processes) !== undefined) arena.tally.lockTakeovers++
}

/** The pid in the lock is in use, by the process that started then: it is not followed, also not by itself. */
const samePid: LockRound = async (arena) => {
  const pid = await forge(arena, (text) => text)
  const { holders, refusals } = await arena.fight(arena.processes)
  if (holders.length > 0) arena.complain("the lock of one that runs was taken")
  for (const refusal of refusals) arena.refusedBy(pid ?? 0, refusal)
  fs.writeFileSync(arena.path(), arena.text().replace("\"released\":false", "\"released\":true"))
}

const garbage = ["", "{\"version\":1,\"nonce\":\"le", "{}", "null", "\0".repeat(4096), "x".repeat(100_000), "\uFEFF[]"]

/** What stands in the lock is nothing, or nonsense: it counts as none. */
const nonsense: LockRound = async (arena) => {
  await start(arena)
  fs.writeFileSync(arena.path(arena.below(2)), garbage[arena.below(garbage.length)] ?? "")
  fs.writeFileSync(`${arena.path(1)}.abandoned`, garbage[arena.below(garbage.length)] ?? "")
  if (await arena.win(arena.processes) !== undefined) arena.tally.lockTakeovers++
}

/** The folder is copied while somebody has it open: the copy is another one, with a lock of its own. */
const copied: LockRound = async (arena) => {
  const [holder, second, third] = arena.processes
  if (holder === undefined || second === undefined || third === undefined) return
  arena.expect(await holder.ask("take"), "Held")
  const copy = arena.copy()
  arena.expect(await second.ask(`take ${copy}`), "Held")
  const refusal = await third.ask(`take ${copy}`)
  if (refusal._tag !== "Locked" || refusal.pid !== second.pid) {
    arena.complain(`the answer in the copy was ${JSON.stringify(refusal)}, and not that ${second.pid} has it`)
  }
  arena.expect(await second.ask("release"), "Done")
  await arena.holds(holder)
  arena.refusedBy(holder.pid, await third.ask("take"))
}

const onLinux = process.platform === "linux"
const hasStopping = process.platform !== "win32"

/** All rounds that this machine can have, by what they are about. */
export const lockRounds: Readonly<Record<string, LockRound>> = {
  start,
  killed,
  "killed in the middle": killedInTheMiddle,
  jumping,
  "the same pid": samePid,
  nonsense,
  copied,
  ...(hasStopping ? { stopped } : {}),
  // Elsewhere nobody can tell when a process started without asking a program, or at all.
  ...(onLinux ? { "reused pid": reusedPid } : {})
}

/** The rounds that a lock which goes by the time loses for certain. */
export const roundsAgainstTime: ReadonlyArray<string> = [...(hasStopping ? ["stopped"] : []), "jumping"]
