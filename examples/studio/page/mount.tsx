/** Puts the page into the document, over a project from anywhere. */
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { StudioProvider } from "./bridge/react.ts"
import { type AnyProject, openStudio } from "./bridge/Studio.ts"
import { App } from "./frame/App.tsx"
import { Splash } from "./frame/Splash.tsx"
import { showRememberedTheme } from "./frame/theme.ts"
import "./styles/index.css"

/** Shows a project in the page. */
export const mount = async (project: AnyProject, place: HTMLElement): Promise<void> => {
  showRememberedTheme()
  const root = createRoot(place)
  root.render(<Splash />)
  const studio = await openStudio(project)
  document.title = `${studio.connection.get().project.name} – Studio`
  root.render(
    <StrictMode>
      <StudioProvider value={studio}>
        <App />
      </StudioProvider>
    </StrictMode>
  )
}
