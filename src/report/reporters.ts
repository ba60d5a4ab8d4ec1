import type { Page } from './page.ts';
import type { Report } from './report.ts';

/** Makes a document of a report. */
export type Reporter = (report: Report, page: Page) => string;

/** A reporter by name, loaded when it is used. */
interface Entry {
  readonly doc: string;
  /** Whether its document is for people on a terminal: then progress may be shown beside it. */
  readonly forPeople: boolean;
  load(): Promise<Reporter>;
}

/** The reporters; the first one is the default. */
export const reporters = {
  terminal: {
    doc: 'for people: counterexamples as tables, a summary per system, progress while it runs',
    forPeople: true,
    load: async () => (await import('./terminal-report.ts')).terminalReport,
  },
  text: {
    doc: 'the same without colours and progress',
    forPeople: false,
    load: async () => {
      const { terminalReport } = await import('./terminal-report.ts');
      const { plainPage } = await import('./page.ts');
      return (report, { width }) => terminalReport(report, plainPage(width));
    },
  },
  json: {
    doc: 'one versioned document with everything that was found',
    forPeople: false,
    load: async () => (await import('./json-report.ts')).jsonReport,
  },
  junit: {
    doc: 'JUnit XML, one test case per clause',
    forPeople: false,
    load: async () => (await import('./junit-report.ts')).junitReport,
  },
  tap: {
    doc: 'TAP version 14, one test point per clause',
    forPeople: false,
    load: async () => (await import('./tap-report.ts')).tapReport,
  },
} as const satisfies Readonly<Record<string, Entry>>;

/** The name of a reporter. */
export type ReporterName = keyof typeof reporters;
