package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/cost"
	"github.com/sluice-flink/sluice/infra/prices"
)

// renderBill is a bill for people: items, levers, what is left out, and where
// the prices stand.
func renderBill(b cost.Bill) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s in %s: $%.2f a month before any job runs\n", b.Platform, b.Region, b.Total)
	if !slices.Equal(b.PricesOf, []string{b.Region}) {
		fmt.Fprintf(&out, "Prices are those of %s, and those of %s differ: give them with --region-prices.\n", strings.Join(b.PricesOf, " and "), b.Region)
	}
	rows := [][]string{{"", "$ A MONTH", "QUANTITY", "$ EACH", "RESTS ON"}}
	for _, item := range b.Items {
		quantity, each := "", ""
		if item.Price != nil {
			quantity, each = fmt.Sprintf("%.5g %s", item.Quantity, item.Price.Unit), fmt.Sprint(item.Price.Dollars)
		}
		rows = append(rows, []string{item.What, fmt.Sprintf("%9.2f", item.Monthly), quantity, each, item.Guessed})
	}
	fmt.Fprintf(&out, "\n%s", trimmed(table(rows)))
	if len(b.Levers) > 0 {
		rows = [][]string{{"LESS WITH", "$ A MONTH", "BUT"}}
		for _, lever := range b.Levers {
			rows = append(rows, []string{lever.Change, fmt.Sprintf("%9.2f", -lever.Saves), lever.But})
		}
		fmt.Fprintf(&out, "\n%s", trimmed(table(rows)))
	}
	out.WriteString("\nNot in the sum:\n")
	for _, note := range b.Notes {
		fmt.Fprintf(&out, "- %s\n", note)
	}
	fmt.Fprintf(&out, "\nPrices:\n%s", sources(b.Items))
	return out.String()
}

// sources are where the prices stand, each once, in the order of the bill.
func sources(items []cost.Item) string {
	var lines []string
	for _, item := range items {
		if item.Price == nil {
			continue
		}
		line := fmt.Sprintf("- %s, asked %s\n", item.Price.Source, item.Price.Asked)
		if unsure(*item.Price) {
			line = fmt.Sprintf("- %s, not found on %s: look there\n", item.Price.Source, item.Price.Asked)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(append(lines, "- what Sluice itself uses: infra/prices/us-east-1.yaml, summed up in infra/cost/standing.go\n"), "")
}

func unsure(p prices.Price) bool { return p.Sure != nil && !*p.Sure }

// trimmed is a table without blanks at the ends of lines.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
