/** What is shown as long as no asset is open: the project as a whole. */
import type { AssetName, AssetSummary, Diagnostic } from "prometeu-packer"
import { useMemo } from "react"
import { useLive, useStudio } from "../bridge/react.ts"
import { type Filtering, noFilter } from "../list/Filter.tsx"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { Notice } from "../parts/Notice.tsx"
import { Path } from "../parts/Text.tsx"
import { Attention } from "./Attention.tsx"

interface Figure {
  readonly label: string
  readonly icon: IconName
  readonly many: number
  readonly filter: Partial<Filtering>
}

const figuresOf = (assets: ReadonlyArray<AssetSummary>): ReadonlyArray<Figure> => {
  const of = (is: (asset: AssetSummary) => boolean) => assets.filter(is).length
  return [
    { label: "Assets", icon: "folder", many: assets.length, filter: {} },
    {
      label: "Registered",
      icon: "registered",
      many: of(({ registration }) => registration === "registered"),
      filter: { state: "registered" }
    },
    {
      label: "Not registered",
      icon: "unregistered",
      many: of(({ registration }) => registration === "unregistered"),
      filter: { state: "unregistered" }
    },
    {
      label: "In the build",
      icon: "included",
      many: of(({ includedInBuild }) => includedInBuild === true),
      filter: { state: "in" }
    },
    {
      label: "With errors",
      icon: "error",
      many: of(({ diagnostics }) => diagnostics.error > 0),
      filter: { problem: "error" }
    },
    {
      label: "With warnings",
      icon: "warning",
      many: of(({ diagnostics }) => diagnostics.warning > 0),
      filter: { problem: "warning" }
    }
  ]
}

const keys: ReadonlyArray<readonly [keys: ReadonlyArray<string>, what: string]> = [
  [["/"], "Find an asset"],
  [["↑", "↓"], "Walk through the list"],
  [["Enter"], "Go to what is open"],
  [["Space"], "Mark several"],
  [["Esc"], "Go back"]
]

const ProjectDiagnostics = ({ diagnostics }: { readonly diagnostics: ReadonlyArray<Diagnostic> }) => (
  <section className="section" aria-label="Problems of the project">
    {diagnostics.map(({ code, message, severity }, index) => (
      <Notice key={`${index}${code}`} tone={severity}>
        <bdi>{message}</bdi>
      </Notice>
    ))}
  </section>
)

const Figures = ({ figures, onFilter }: {
  readonly figures: ReadonlyArray<Figure>
  readonly onFilter: (filtering: Filtering) => void
}) => (
  <div className="figures">
    {figures.map(({ filter, icon, label, many }) => (
      <button
        key={label}
        type="button"
        className="figure"
        onClick={() => onFilter({ ...noFilter, ...filter })}
      >
        <Icon name={icon} size={18} />
        <strong>{many.toLocaleString("en")}</strong>
        <span>{label}</span>
      </button>
    ))}
  </div>
)

/** The project as a whole. */
export const Overview = ({ gone, onFilter, onOpen }: {
  readonly gone: AssetName | undefined
  readonly onOpen: (root: string) => void
  readonly onFilter: (filtering: Filtering) => void
}) => {
  const { connection, snapshot } = useStudio()
  const view = useLive(snapshot)
  const { project } = useLive(connection)
  const { assets } = useMemo(() => view.listAssets(), [view])
  const figures = useMemo(() => figuresOf(assets), [assets])
  const { diagnostics, troubles } = view.snapshot
  return (
    <article className="details overview" aria-label="Overview">
      {gone === undefined ? null : (
        <Notice live tone="info" title="The asset is gone">
          <Path text={gone.root} /> is not there any more. What was deleted here is in the packer's trash.
        </Notice>
      )}
      <header>
        <h2>
          <bdi>{project.name}</bdi>
        </h2>
        <Path className="details-root" text={project.root} />
      </header>
      {assets.length === 0 ? null : <Figures figures={figures} onFilter={onFilter} />}
      {diagnostics.length + troubles.length === 0
        ? null
        : <ProjectDiagnostics diagnostics={[...diagnostics, ...troubles]} />}
      {assets.length === 0 ? null : <Attention assets={assets} onOpen={onOpen} />}
      <section className="section keys" aria-label="Keys">
        <h3>Keys</h3>
        <dl>
          {keys.map(([names, what]) => (
            <div key={what}>
              <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </section>
    </article>
  )
}
