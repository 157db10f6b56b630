/** Clients of one project that work at the same time, on the same few assets, and go away in the middle of something. */
import { Effect, Fiber, Result } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import type { AssetRef } from "../../../src/domain/Identity.ts"
import type { Preview } from "../../../src/domain/Preview.ts"
import type { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import type { OperationHandle } from "../../../src/services/WriteLane.ts"
import { testUuid } from "../../../src/testing/ProjectTree.ts"
import { chooseGroup } from "../../support/Commands.ts"
import type { OperationCall } from "./Lane.ts"
import { endedOf, listOf, type OpenCall, type Recorder, rowOf, shownOf } from "./Recorder.ts"

/** What clients work with. */
export interface Stage {
  readonly runtime: ProjectRuntime["Service"]
  readonly recorder: Recorder
  readonly random: () => number
  /** Generated commands, most of which are refused. */
  readonly commands: ReadonlyArray<Command>
}

/** Gives every other fiber about so many turns. */
export const turns = (count: number): Effect.Effect<void> =>
  count <= 0 ? Effect.void : Effect.andThen(Effect.yieldNow, Effect.suspend(() => turns(count - 1)))

const whole = ({ random }: Stage, most: number): number => Math.floor(random() * most)

const pick = <A>(stage: Stage, from: ReadonlyArray<A>): A | undefined => from[whole(stage, from.length)]

const places = ["a", "b", "ui/x", "ui/y", "snd/one", "new", "z/deep/er"]

const someRef = (stage: Stage): AssetRef => {
  const form = stage.random()
  if (form < 0.2) return { id: 1 + whole(stage, 4) }
  return form < 0.4 ? { uuid: testUuid(1 + whole(stage, 4)) } : { root: pick(stage, places) ?? "a" }
}

/** Commands to give at once: mostly such that can be applied to what is there. */
const someCommands = (stage: Stage): Effect.Effect<ReadonlyArray<Command>> =>
  Effect.map(stage.runtime.snapshot, ({ snapshot }) => {
    const command = stage.random() < 0.3 ? pick(stage, stage.commands) : undefined
    return command === undefined ? chooseGroup(snapshot, stage.random, whole(stage, 100)) : [command]
  })

/** An operation that was accepted and is waited for later. */
interface Pending {
  readonly call: OpenCall
  readonly handle: OperationHandle
}

/** One client, with its ids. */
class Client {
  readonly #stage: Stage
  readonly #name: string
  #given = 0

  constructor(stage: Stage, name: string) {
    this.#stage = stage
    this.#name = name
  }

  #newId(): string {
    return `${this.#name}-${++this.#given}`
  }

  /** Asks for an operation, and waits for it. */
  #carryOut(ask: OperationCall["ask"], approved?: Preview): Effect.Effect<void> {
    const { recorder, runtime } = this.#stage
    const options = { operationId: ask.id }
    const run = ask._tag === "command"
      ? runtime.execute(ask.command, { ...options, ...(approved === undefined ? {} : { expecting: approved }) })
      : ask.asset === undefined
      ? runtime.refresh(options)
      : runtime.refreshAsset(ask.asset, options)
    return Effect.asVoid(recorder.ask(this.#name, ask, Effect.result(run), endedOf))
  }

  /** Has an operation accepted, and goes on. */
  readonly #submit = (ask: OperationCall["ask"]): Effect.Effect<Pending | undefined> => {
    const { recorder, runtime } = this.#stage
    return Effect.suspend(() => {
      const call = recorder.begin(this.#name, ask)
      const options = { operationId: ask.id }
      const run = ask._tag === "command"
        ? runtime.submit(ask.command, options)
        : runtime.submitRefresh({ ...options, ...(ask.asset === undefined ? {} : { asset: ask.asset }) })
      return Effect.map(Effect.result(run), (result) => {
        if (Result.isSuccess(result)) {
          call.accepted = recorder.tick()
          return { call, handle: result.success }
        }
        recorder.end(call, endedOf(Result.fail(result.failure)))
        return undefined
      })
    })
  }

  #awaitEnd({ call, handle }: Pending): Effect.Effect<void> {
    const { recorder } = this.#stage
    return Effect.map(Effect.result(handle.await), (result) => recorder.end(call, endedOf(result)))
  }

  /** Does something, and is interrupted by chance in the middle of it. */
  #perhaps(effect: Effect.Effect<void>): Effect.Effect<void> {
    if (this.#stage.random() >= 0.25) return effect
    const count = Math.floor(this.#stage.random() ** 3 * 80)
    return Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(effect)
      yield* turns(count)
      yield* Fiber.interrupt(fiber)
    })
  }

  #execute(): Effect.Effect<void> {
    return Effect.flatMap(someCommands(this.#stage), ([command]) =>
      command === undefined
        ? Effect.void
        : this.#perhaps(this.#carryOut({ _tag: "command", id: this.#newId(), command })))
  }

  /** Gives several commands at once, reads meanwhile, cancels one perhaps, and waits for all. */
  #submitSeveral(): Effect.Effect<void> {
    const stage = this.#stage
    return Effect.gen({ self: this }, function*() {
      const pending: Array<Pending> = []
      for (const command of yield* someCommands(stage)) {
        const one = yield* this.#submit({ _tag: "command", id: this.#newId(), command })
        if (one !== undefined) pending.push(one)
      }
      yield* turns(whole(stage, 12))
      if (stage.random() < 0.4) yield* this.#read()
      const one = stage.random() < 0.3 ? pick(stage, pending) : undefined
      if (one !== undefined) {
        const ask = { _tag: "cancel", id: one.call.ask._tag === "command" ? one.call.ask.id : "" } as const
        yield* stage.recorder.ask(
          this.#name,
          ask,
          one.handle.cancel,
          (isCancelled) => ({ _tag: "cancel", isCancelled })
        )
      }
      yield* this.#perhaps(Effect.forEach(pending, (each) => this.#awaitEnd(each), { discard: true }))
    })
  }

  #approve(): Effect.Effect<void> {
    const stage = this.#stage
    const { recorder, runtime } = stage
    return Effect.gen({ self: this }, function*() {
      const [command] = yield* someCommands(stage)
      if (command === undefined) return
      // A preview is only refused for a command that is none, or a disk that fails: there is neither here.
      const look = recorder.ask(
        this.#name,
        { _tag: "preview", command },
        Effect.orDie(runtime.preview(command)),
        (preview) => ({ _tag: "shown", shown: shownOf(preview) })
      )
      if (stage.random() < 0.15) return yield* this.#perhaps(Effect.asVoid(look))
      const preview = yield* look
      yield* turns(whole(stage, 30))
      const ask = { _tag: "command", id: this.#newId(), command, approved: shownOf(preview) } as const
      yield* this.#perhaps(this.#carryOut(ask, preview))
    })
  }

  #read(): Effect.Effect<void> {
    const stage = this.#stage
    const { recorder, runtime } = stage
    const form = stage.random()
    if (form < 0.5) return Effect.asVoid(recorder.ask(this.#name, { _tag: "list" }, runtime.listAssets(), listOf))
    const asset = someRef(stage)
    if (form < 0.8) {
      const read = Effect.result(runtime.getAssetDetails(asset))
      return Effect.asVoid(recorder.ask(this.#name, { _tag: "details", asset }, read, (result) => {
        if (Result.isFailure(result)) return { _tag: "notThere" }
        const { composition, contract, generation, position, summary } = result.success
        const selected = composition.selected.map(({ file }) => file)
        const page = { row: rowOf(summary), ...(contract === undefined ? {} : { contract }), selected }
        return { _tag: "details", generation, position, page }
      }))
    }
    const read = Effect.result(runtime.getAssetActions(asset))
    return Effect.asVoid(recorder.ask(this.#name, { _tag: "actions", asset }, read, (result) => {
      if (Result.isFailure(result)) return { _tag: "notThere" }
      const { actions, generation, position } = result.success
      const those = (wanted: boolean) => actions.filter(({ enabled }) => enabled === wanted).map(({ action }) => action)
      return { _tag: "actions", generation, position, enabled: those(true), disabled: those(false) }
    }))
  }

  #refresh(): Effect.Effect<void> {
    const asset = this.#stage.random() < 0.6 ? someRef(this.#stage) : undefined
    const ask = { _tag: "refresh", id: this.#newId(), ...(asset === undefined ? {} : { asset }) } as const
    return this.#perhaps(this.#carryOut(ask))
  }

  /** Asks again for what somebody asked for, under its id; or for something else under that id. */
  #again(): Effect.Effect<void> {
    const stage = this.#stage
    const before = stage.recorder.calls.filter(({ ask }) => ask._tag === "command" && ask.approved === undefined)
    const ask = pick(stage, before.slice(-12))?.ask
    if (ask?._tag !== "command") return Effect.void
    if (stage.random() < 0.15) return this.#carryOut({ ...ask, command: { _tag: "batch", commands: [] } })
    return this.#perhaps(this.#carryOut(ask))
  }

  /** Does one thing. */
  step(): Effect.Effect<void> {
    const form = this.#stage.random()
    if (form < 0.28) return this.#execute()
    if (form < 0.46) return this.#submitSeveral()
    if (form < 0.62) return this.#approve()
    if (form < 0.82) return this.#read()
    if (form < 0.87) return this.#refresh()
    if (form < 0.96) return this.#again()
    // What a flush cannot do where the project is read-only is nobody's concern here.
    return form < 0.98 ? this.#perhaps(Effect.ignore(this.#stage.runtime.flush)) : Effect.sleep(whole(this.#stage, 600))
  }
}

/** Has some clients work, until all have done what they wanted. */
export const letWork = (stage: Stage): Effect.Effect<void> => {
  const clients = Array.from({ length: 4 + whole(stage, 13) }, (_, n) => new Client(stage, `c${n}`))
  const most = clients.length < 9 ? 6 : 3
  return Effect.forEach(clients, (client) =>
    Effect.gen(function*() {
      const steps = 2 + whole(stage, most)
      for (let done = 0; done < steps; done++) {
        yield* turns(whole(stage, 8))
        yield* Effect.suspend(() => client.step())
      }
    }), { concurrency: "unbounded", discard: true })
}
