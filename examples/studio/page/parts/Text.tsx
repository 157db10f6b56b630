/** Texts that come from files and folders. Whoever named them, they stay text, in one line, and in one direction. */

/** A name or path: isolated from the text around it, cut with an ellipsis where it is too long, whole in its title. */
export const Name = ({ className, text }: { readonly text: string; readonly className?: string }) => (
  <bdi className={`name ${className ?? ""}`} title={text}>{visible(text)}</bdi>
)

/** The path of an asset root or a file. */
export const Path = ({ className, text }: { readonly text: string; readonly className?: string }) => (
  <Name text={text} className={`path ${className ?? ""}`} />
)

const controls = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Marks that change how a text is drawn are drawn themselves: a name cannot look like another one. */
const visible = (text: string): string => text.replaceAll(controls, "\u{fffd}")

const units = ["B", "KB", "MB", "GB"]

/** A number of bytes for a person: three digits, and a unit. */
export const bytes = (count: number): string => {
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`
}

/** A count and its noun. */
export const count = (many: number, one: string, several = `${one}s`): string =>
  `${many.toLocaleString("en")} ${many === 1 ? one : several}`
