/** Telemetry: spans and metrics of a running project, exported as OTLP to a collector, which shows what it got. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Metric, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { Otlp, OtlpExporter } from "effect/observability"
import { createServer } from "node:http"
import { Command, ProjectRuntime } from "prometeu-packer"
import { collectingSink, inFolder, memoryProject, SimulatedDisk, workspaceFiles } from "prometeu-packer/testing"

const Attribute = Schema.Struct({
  key: Schema.String,
  value: Schema.Struct({ stringValue: Schema.optionalKey(Schema.String) })
})
const Point = Schema.Struct({
  attributes: Schema.optionalKey(Schema.Array(Attribute)),
  asInt: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.String])),
  asDouble: Schema.optionalKey(Schema.Finite),
  count: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.String]))
})
const Points = Schema.optionalKey(Schema.Struct({ dataPoints: Schema.Array(Point) }))

/** What this example understands of OTLP. */
const Traces = Schema.fromJsonString(Schema.Struct({
  resourceSpans: Schema.Array(Schema.Struct({
    scopeSpans: Schema.Array(Schema.Struct({
      spans: Schema.Array(Schema.Struct({
        name: Schema.String,
        spanId: Schema.String,
        parentSpanId: Schema.optionalKey(Schema.String),
        attributes: Schema.Array(Attribute)
      }))
    }))
  }))
}))
const Metrics = Schema.fromJsonString(Schema.Struct({
  resourceMetrics: Schema.Array(Schema.Struct({
    scopeMetrics: Schema.Array(Schema.Struct({
      metrics: Schema.Array(
        Schema.Struct({ name: Schema.String, sum: Points, gauge: Points, histogram: Points })
      )
    }))
  }))
}))

/** A collector on this machine: it keeps what is sent to it, by the path it was sent to. */
const collector = Effect.gen(function*() {
  const got: Array<{ readonly path: string; readonly body: string }> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text
    }).on("end", () => {
      got.push({ path: request.url ?? "", body })
      response.end("{}")
    })
  })
  const listen = Effect.callback<string>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" ? address?.port : undefined
      resume(Effect.succeed(`http://127.0.0.1:${port}`))
    })
  })
  const url = yield* Effect.acquireRelease(listen, () => Effect.sync(() => server.close()))
  return { url, bodiesOf: (path: string) => got.flatMap((sent) => sent.path === path ? [sent.body] : []) }
})

/** What the host does; the packer makes the spans and counts. */
const work = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  yield* Effect.withSpan(packer.execute(Command.register({ root: "ui/atlas" })), "host.import")
  yield* Effect.exit(packer.execute(Command.unregister({ asset: { id: 99 } })))
  yield* packer.preview(Command.delete({ asset: { id: 1 } }))
  yield* packer.refresh()
})

const named = (attributes: ReadonlyArray<typeof Attribute.Type> = [], ...keys: ReadonlyArray<string>): string =>
  keys.flatMap((wanted) => attributes.flatMap(({ key, value }) => key === wanted ? [value.stringValue ?? "?"] : []))
    .join(" ")

/** Runs the example; `say` gets each line it has to show. */
export const telemetry = (say: (line: string) => void) =>
  Effect.gen(function*() {
    const { bodiesOf, url } = yield* collector
    const exporter = Otlp.layerJson({ baseUrl: url, resource: { serviceName: "my-editor" } }).pipe(
      Layer.provide(FetchHttpClient.layer)
    )
    const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/atlas": { manifest: { name: "atlas" } } })))
    // Opening a project is work too: so what exports is there before.
    const project = Layer.provide(memoryProject({ disk: disk.disk }), collectingSink)
    yield* Effect.gen(function*() {
      yield* Effect.provide(work, project)
      yield* (yield* OtlpExporter.Flusher).flush
    }).pipe(Effect.provide(exporter))

    const traces = yield* Effect.forEach(bodiesOf("/v1/traces"), (body) => Schema.decodeUnknownEffect(Traces)(body))
    const spans = traces.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    )
    const isKnown = (id: string | undefined) => spans.some(({ spanId }) => spanId === id)
    const tell = (parent: string | undefined, indent: string): void => {
      for (const { attributes, name, parentSpanId, spanId } of spans) {
        if (parent === undefined ? isKnown(parentSpanId) : parentSpanId !== parent) continue
        say(`${indent}${name} ${named(attributes, "command")}`.trimEnd())
        tell(spanId, `${indent}  `)
      }
    }
    say("The spans that the collector got:")
    tell(undefined, "  ")

    say("\nThe metrics, as they were in the end:")
    const [latest = "{}"] = bodiesOf("/v1/metrics").slice(-1)
    const { resourceMetrics } = yield* Schema.decodeUnknownEffect(Metrics)(latest)
    const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    for (const { gauge, histogram, name, sum } of metrics) {
      if (!name.startsWith("packer_")) continue
      for (const { asDouble, asInt, attributes, count } of (sum ?? gauge ?? histogram)?.dataPoints ?? []) {
        const value = asInt ?? asDouble ?? `${count} measured`
        say(`  ${name} ${named(attributes, "command", "outcome")}`.trimEnd() + `: ${value}`)
      }
    }
  }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))

if (import.meta.main) NodeRuntime.runMain(telemetry(console.log))
