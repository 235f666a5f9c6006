// The script editor: CodeMirror for YAML with problems at their lines, and a side-by-side merge view.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { MergeView } from "@codemirror/merge";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { HighlightStyle } from "@codemirror/language";

const darkColours = HighlightStyle.define([
  { tag: tags.propertyName, color: "#7dd3c0" },
  { tag: tags.definition(tags.propertyName), color: "#7dd3c0" },
  { tag: [tags.string, tags.content], color: "#e2e8f0" },
  { tag: tags.comment, color: "#94a3b8", fontStyle: "italic" },
  { tag: [tags.keyword, tags.atom, tags.bool, tags.number], color: "#fbbf24" },
  { tag: tags.punctuation, color: "#94a3b8" },
]);

const isDark = () => document.documentElement.dataset.bsTheme === "dark";

// `phrases`: what CodeMirror says by itself, in the reader's language.
function common(nonce, phrases = {}) {
  return [
    EditorState.phrases.of(phrases),
    EditorView.cspNonce.of(nonce),
    lineNumbers(), drawSelection(), EditorView.lineWrapping, yaml(),
    syntaxHighlighting(isDark() ? darkColours : defaultHighlightStyle),
    EditorView.theme({}, { dark: isDark() }),
  ];
}

// Tab stays a way out of the editor: Escape, then Tab (keyboard users must not be trapped).
window.CandorEditor = {
  create({ parent, text, nonce, label, phrases, readOnly = false, onChange = () => {} }) {
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...common(nonce, phrases), history(), foldGutter(), lintGutter(), indentOnInput(), bracketMatching(),
          highlightActiveLine(), highlightSelectionMatches(),
          EditorState.readOnly.of(readOnly), EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => { if (update.docChanged) onChange(update.state.doc.toString()); }),
        ],
      }),
    });
    return {
      text: () => view.state.doc.toString(),
      replace(text) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      },
      showProblems(problems) {
        const doc = view.state.doc;
        const found = problems.map((item) => {
          const line = doc.line(Math.min(Math.max(item.line ?? 1, 1), doc.lines));
          return { from: line.from, to: line.to, severity: item.severity ?? "error", message: item.message };
        });
        view.dispatch(setDiagnostics(view.state, found));
      },
      goTo(number) {
        const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
        view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
        view.focus();
      },
      focus: () => view.focus(),
    };
  },

  compare({ parent, before, after, nonce, labels, phrases }) {
    const side = (text, label) => ({
      doc: text,
      extensions: [
        ...common(nonce, phrases), EditorState.readOnly.of(true), EditorView.editable.of(false),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      ],
    });
    return new MergeView({
      parent, a: side(before, labels[0]), b: side(after, labels[1]), gutter: true,
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
  },
};
