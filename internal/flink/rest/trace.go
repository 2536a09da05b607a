package rest

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxLine  = 1000     // bytes kept of a message
	maxTrace = 4 << 10  // bytes kept of a stack trace: 40 lines or so, and a record can hold several
	maxScan  = 64 << 10 // bytes of a stack trace that are looked through for causes
	maxHeads = 32       // exceptions of a chain that are looked at
)

// head is one exception of a chain: the line that names it.
type head struct {
	class   string // qualified Java name; "" when the line names none
	message string // what follows it; "" when nothing does
}

// text is what a person reads of it.
func (h head) text() string {
	if h.message != "" {
		return h.message
	}
	return h.class[strings.LastIndexByte(h.class, '.')+1:]
}

// className matches a Java class name at the start of a line.
var className = regexp.MustCompile(`^((?:[a-z_]\w*\.)+[A-Z][\w$]*)(?:: |:?$)`)

// throwableName matches the name of an exception that an outer exception
// carries in its message, as CompletionException does.
var throwableName = regexp.MustCompile(`^((?:[a-z_]\w*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable)): `)

// headsOf reads the chain of exceptions in a Java stack trace, outermost first.
func headsOf(trace string) []head {
	trace = strings.TrimPrefix(clip(trace, maxScan), "<Exception on server side:\n")
	var heads []head
	for i, text := range strings.Split(trace, "\n") {
		cause, isCause := strings.CutPrefix(text, "Caused by: ")
		if i > 0 && !isCause {
			continue
		}
		if h := headOf(line(cause)); h != (head{}) {
			heads = append(heads, h)
		}
		if len(heads) == maxHeads {
			break
		}
	}
	return heads
}

func headOf(text string) head {
	var h head
	if m := className.FindStringSubmatch(text); m != nil {
		h.class, text = m[1], text[len(m[0]):]
	}
	for m := throwableName.FindStringSubmatch(text); m != nil; m = throwableName.FindStringSubmatch(text) {
		h.class, text = m[1], text[len(m[0]):]
	}
	h.message = strings.TrimPrefix(text, "The main method caused an error: ")
	return h
}

// wrappers begin messages that only say that something further down failed.
// They were seen in Flink 1.20 and 2.2.
var wrappers = []string{
	"An Exception occurred while triggering the checkpoint",
	"Caught unexpected exception",
	"Could not dispose savepoint",
	"Could not execute application",
	"Could not forward element to next operator",
	"Could not restore ",
	"Could not start the JobMaster",
	"Exception while creating StreamOperatorStateContext",
	"Failed to execute job",
	"Failed when trying to restore",
	"Internal server error",
	"Recovery is suppressed by",
}

func (h head) isWrapper() bool {
	for _, w := range wrappers {
		if strings.HasPrefix(h.message, w) {
			return true
		}
	}
	return false
}

// useful picks the first line of a chain that says what happened; when all
// only wrap, the innermost.
func useful(heads []head) string {
	for _, h := range heads {
		if !h.isWrapper() {
			return h.text()
		}
	}
	if len(heads) == 0 {
		return "no reason was given"
	}
	return heads[len(heads)-1].text()
}

// line is the first line of a text that is not blank, bounded.
func line(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		text = strings.TrimSpace(text[:i])
	}
	return strings.ToValidUTF8(clip(text, maxLine), "\uFFFD")
}

// clip cuts a text to at most n bytes, between characters, and marks the cut.
func clip(text string, n int) string {
	const mark = "…"
	if len(text) <= n {
		return text
	}
	end := n - len(mark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}
