package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func renderHoldings(h holdings) string {
	var b strings.Builder
	if len(h.Snapshots) == 0 {
		fmt.Fprintf(&b, "%s: no savepoint is known.\n", h.Application)
	} else {
		rows := [][]string{{"ID", "TAKEN", "AGE", "KIND", "REVISION", "SIZE", "FORMAT", "VERIFIED", "STAYS OR GOES"}}
		for _, s := range h.Snapshots {
			rows = append(rows, []string{orDash(s.ID), clock(s.Taken), age(h.Now.Sub(s.Taken)), s.Kind, orDash(s.Revision), held(s.Size), orDash(strings.ToLower(s.Format)), verified(s.Verified, h.Now), s.fate()})
		}
		b.WriteString(table(rows))
	}
	for _, s := range h.Snapshots {
		if s.Verified != nil && !s.Verified.Sound {
			fmt.Fprintf(&b, "%s is damaged: %s\n", orDash(s.ID), s.Verified.Message)
		}
	}
	h.tail(&b)
	return b.String()
}

// tail is what else there is to say.
func (h holdings) tail(b *strings.Builder) {
	if len(h.Strays) > 0 {
		b.WriteString("\nNobody knows of these:\n")
		rows := [][]string{{"ID", "WRITTEN", "AGE", "WHAT", "FILES", "SIZE", "PATH"}}
		for _, s := range h.Strays {
			rows = append(rows, []string{orDash(s.ID), clock(s.Newest), age(h.Now.Sub(s.Newest)), string(s.Kind), fmt.Sprint(s.Files), bytesOf(s.Size), s.Path})
		}
		b.WriteString(table(rows))
		fmt.Fprintf(b, "sluice snapshots adopt|remove %s ID takes one in, or away.\n", h.Application)
	}
	switch r := h.Rotated; {
	case h.Policy.Every == 0:
		b.WriteString("\nNo savepoints are taken by timer (snapshots.every is 0s).\n")
	case r == nil:
		fmt.Fprintf(b, "\nOne is taken every %s; none was yet.\n", flink.Short(h.Policy.Every))
	case r.Skipped != "":
		fmt.Fprintf(b, "\nOne is taken every %s. At %s none was: %s\n", flink.Short(h.Policy.Every), clock(r.At), r.Skipped)
	default:
		fmt.Fprintf(b, "\nOne is taken every %s, last at %s.\n", flink.Short(h.Policy.Every), clock(r.At))
	}
	for _, n := range h.Notes {
		b.WriteString(n + "\n")
	}
}

// fate is why it stays, or that it goes.
func (s heldSnapshot) fate() string {
	if s.Retire {
		return "goes: " + s.Because
	}
	return "stays: " + s.Because
}

// verified is what was proven, and how long ago.
func verified(v *flink.Verification, now time.Time) string {
	switch {
	case v == nil:
		return "no"
	case !v.Sound:
		return "DAMAGED, seen " + ago(now.Sub(v.At))
	}
	return string(v.Kind) + " " + ago(now.Sub(v.At))
}

// held is a size that is 0 while nobody has looked.
func held(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return bytesOf(bytes)
}

func ago(d time.Duration) string {
	if d < 0 {
		return age(d)
	}
	return age(d) + " ago"
}

// age is a length of time in the unit or two that suit it.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "in the future"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	if days := int(d.Hours()) / 24; days >= 10 {
		return fmt.Sprintf("%dd", days)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours())/24, int(d.Hours())%24)
}

// firstSentence is an error's first line.
func firstSentence(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
