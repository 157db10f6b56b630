/** The table of the last whole run of the benchmarks, as the README has it. */
import { readFileSync } from "node:fs"
import { fields } from "../../bench/Fields.ts"
import { table } from "./markdown.ts"

/** What is read of a figure that a run keeps. */
interface Kept {
  readonly value: number
  readonly reached: boolean
  readonly spread?: readonly [number, number]
}

const { fields: kept }: { readonly fields: Readonly<Record<string, Kept | undefined>> } = JSON.parse(
  readFileSync("bench/results/latest.json", "utf8")
)

const shown = (value: number, unit: string): string => `${value.toLocaleString("en")}${unit === "" ? "" : ` ${unit}`}`

/** The table of figures as the README has it. */
export const readmeSpeed = (): string =>
  table(
    ["figure", "measured", "8 of 10 rounds", "to reach", ""],
    fields.map(({ name, target, unit, what }) => {
      const figure = kept[name]
      if (figure === undefined) return [what, "not measured", "", "", ""]
      const { reached, spread, value } = figure
      const goal = "most" in target ? `≤ ${shown(target.most, unit)}` : `≥ ${shown(target.least, unit)}`
      const between = spread === undefined
        ? ""
        : `${spread[0].toLocaleString("en")} … ${spread[1].toLocaleString("en")}`
      return [what, shown(value, unit), between, goal, reached ? "reached" : "not reached"]
    })
  )
