/** A host that is killed, again and again: it has lost nothing that it was told of, and left nothing by halves. */
import { Effect, Layer, Logger } from "effect"
import * as fs from "node:fs"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent, type RecoveryReport } from "../../src/domain/Event.ts"
import { ProjectId } from "../../src/domain/Identity.ts"
import { compareText } from "../../src/domain/Path.ts"
import { functionSink } from "../../src/layers/FunctionSink.ts"
import { layer } from "../../src/layers/NodeProject.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { digest, follow, type Known } from "./kills/HostLines.ts"
import { mortalProcess, mortalProject } from "./kills/MortalProcess.ts"
import type { Findings, Piece } from "./Part.ts"

/** Long enough for several commands, and short enough to meet each part of one. */
const longest = 160

const spawnHost = mortalProcess(new URL("./kills/hostChild.ts", import.meta.url))

/** All that is on disk, but for the lock and the journal. */
const treeOf = (root: string): string => {
  const { assets } = ProjectFolder.at(root)
  return JSON.stringify(
    fs.readdirSync(assets, { recursive: true, encoding: "utf8" })
      .filter((path) => !/\.prometeu\/runtime\/(lock|journal)/.test(path))
      .toSorted(compareText)
      .map((
        path
      ) => [path, fs.statSync(`${assets}/${path}`).isFile() ? fs.readFileSync(`${assets}/${path}`, "utf8") : 0])
  )
}

/** Opens the project in this process, does something with it, and closes it. */
const reopened = <A, E>(
  root: string,
  body: (runtime: ProjectRuntime["Service"], recovery: RecoveryReport | undefined) => Effect.Effect<A, E>
) =>
  Effect.suspend(() => {
    const events: Array<PackerEvent> = []
    const sink = functionSink((event) => Effect.sync(() => void events.push(event)))
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      // The end of the opening is told before anything that begins later.
      yield* runtime.refreshAsset({ root: "nowhere" }).pipe(Effect.ignore)
      const end = events.find(isTerminal)
      return yield* body(runtime, end?.kind === "action_applied" ? end.details.recovery : undefined)
    }).pipe(Effect.provide(layer({ projectId: ProjectId.make("killed"), root }).pipe(Layer.provide(sink)), {
      local: true
    }))
  }).pipe(Effect.provide(Logger.layer([])), Effect.orDie)

/** Kills so many hosts in a row, each of which goes on in the folder that the one before it left. */
export const hostKillsOf = (kills: number): Piece => (seed) =>
  Effect.gen(function*() {
    const root = yield* mortalProject
    const random = seeded(seed)
    const violations: Array<string> = []
    const known: Known = { commands: new Map(), outcomes: new Map() }
    let possible = [
      yield* reopened(root, (runtime) => Effect.map(runtime.listAssets(), ({ assets }) => digest(assets)))
    ]
    let [killed, acknowledged, inFlight, finished, retried] = [0, 0, 0, 0, 0]
    // One waits while the other works: most of the time is the start of a process.
    let next = yield* spawnHost(root, seed)
    for (let round = 0; round < kills; round++) {
      const complain = (problem: string) => void violations.push(`kill ${round} of seed ${seed}: ${problem}`)
      const same = (what: string, is: unknown, expected: unknown) => {
        const [found, wanted] = [JSON.stringify(is), JSON.stringify(expected)]
        if (found !== wanted) complain(`${what}: ${found}, not ${wanted}`)
      }
      const host = next
      next = yield* spawnHost(root, seed + round + 1)
      yield* Effect.promise(async () => {
        await host.hear("ready")
        host.go()
        // Some are killed while they open the project, and finish what the one before had begun.
        if (round % 4 !== 3) await host.hear("done")
      })
      yield* Effect.sleep(random() * longest)
      if (yield* Effect.promise(() => host.kill())) killed++
      else complain(`it had come to an end by itself: ${host.said.at(-1) ?? ""}`)
      const heard = follow(host, possible, known, complain)
      possible = heard.possible
      acknowledged += heard.acknowledged
      if (heard.inFlight.length > 0) inFlight++
      // Every other time, the next host is the one who finds it.
      if (round % 2 === 1 && round < kills - 1) continue

      const whole = yield* reopened(root, (runtime, recovery) =>
        Effect.gen(function*() {
          const { assets, generation } = yield* runtime.listAssets({ limit: 1000 })
          const found = digest(assets)
          if (!possible.includes(found)) complain(`${found} is there, and none of ${possible.join(" or ")}`)
          // One that changes nothing leaves the state of the one before it.
          const happened = heard.inFlight.filter(({ state }) => state === found).map(({ id }) => id)
          const isTold = recovery?.finished.some(({ operation_id }) => happened.includes(operation_id)) ?? false
          if (possible.length === heard.inFlight.length + 1 && found !== possible[0] && !isTold) {
            complain(`${happened.join(" or ")} happened, and is not told to be recovered`)
          }
          if ((recovery?.diverged.length ?? 0) > 0) complain("an edit that nobody made")
          for (const { changes, operation_id } of recovery?.finished ?? []) {
            finished++
            const command = known.commands.get(operation_id)
            if (command === undefined) continue
            const again = yield* runtime.execute(command, { operationId: operation_id })
            retried++
            same(`${operation_id} asked for again`, again.changes, changes)
            const acknowledged = known.outcomes.get(operation_id)
            if (acknowledged !== undefined) same(`${operation_id} as it was answered`, again.changes, acknowledged)
            const other = Command.create({ root: "else/where", name: "else", family: "tile_bank" })
            const conflict = yield* Effect.flip(runtime.execute(other, { operationId: operation_id }))
            same(`another command as ${operation_id}`, conflict._tag, "OperationIdConflict")
          }
          same("the generation afterwards", (yield* runtime.listAssets()).generation, generation)
          possible = [found]
          return assets
        }))
      const tree = treeOf(root)
      yield* reopened(root, (runtime, recovery) =>
        Effect.gen(function*() {
          if (recovery !== undefined) complain("a second opening found something to finish")
          same("what a second opening shows", (yield* runtime.listAssets({ limit: 1000 })).assets, whole)
          yield* runtime.refresh()
          same("what a refresh shows", (yield* runtime.listAssets({ limit: 1000 })).assets, whole)
        }))
      if (treeOf(root) !== tree) complain("a second opening changed something")
      same("what is left aside", fs.readdirSync(ProjectFolder.at(root).stage), [])
    }
    return {
      counts: {
        kills: killed,
        acknowledged,
        killsInTheMiddle: inFlight,
        killsFinished: finished,
        killsAskedAgain: retried
      },
      violations
    } satisfies Findings
  })
