/** Dark, light, or as the system has it; remembered in this browser. */
import { useCallback, useState } from "react"

/** How the page is to look. */
export type Theme = "system" | "light" | "dark"

const key = "prometeu-studio-theme"
const next: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" }

const remembered = (): Theme => {
  const value = localStorage.getItem(key)
  return value === "light" || value === "dark" ? value : "system"
}

const show = (theme: Theme) => {
  document.documentElement.dataset["theme"] = theme
}

/** Shows the theme that was chosen before; called before anything is drawn, so that nothing flashes. */
export const showRememberedTheme = () => show(remembered())

/** The theme, and the way to the next one. */
export const useTheme = (): readonly [theme: Theme, toggle: () => void] => {
  const [theme, setTheme] = useState(remembered)
  const toggle = useCallback(() => {
    setTheme((theme) => {
      const other = next[theme]
      localStorage.setItem(key, other)
      show(other)
      return other
    })
  }, [])
  return [theme, toggle]
}
