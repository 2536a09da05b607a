package cost

import (
	"cmp"
	"fmt"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/prices"
)

// Bill is what a platform costs a month of 730 hours, in US dollars, while no job runs.
type Bill struct {
	Platform string `json:"platform"`
	Region   string `json:"region"`
	// PricesOf are the regions whose prices were taken.
	PricesOf []string `json:"pricesOf"`
	Items    []Item   `json:"items"`
	Total    float64  `json:"total"`
	// Levers are what would make it less.
	Levers []Lever  `json:"levers"`
	Notes  []string `json:"notes"`
}

// Item is one thing that is paid for.
type Item struct {
	What     string  `json:"what"`
	Quantity float64 `json:"quantity,omitempty"` // of the price's unit, a month
	// Price is absent where many make up what it costs.
	Price   *prices.Price `json:"price,omitempty"`
	Monthly float64       `json:"monthly"` // dollars
	// Guessed says what the quantity rests on where the file does not decide it.
	Guessed string `json:"guessed,omitempty"`
}

// Lever is a change of the file, and what it saves a month.
type Lever struct {
	Change string  `json:"change"`
	Saves  float64 `json:"saves"`
	But    string  `json:"but"` // what is given up
}

// Of is the bill of a platform with so many applications under Sluice.
func Of(p platform.Platform, applications int, list prices.List) (Bill, error) {
	items, err := itemsOf(p, applications, list)
	if err != nil {
		return Bill{}, err
	}
	b := Bill{Platform: p.Name, Region: p.Region, Items: items, Total: total(items), Notes: notes(p, list)}
	seen := prices.List{}
	for _, item := range items {
		if item.Price != nil {
			seen[item.What] = *item.Price
		}
	}
	b.PricesOf = seen.Regions()
	b.Levers, err = levers(p, list)
	return b, err
}

func total(items []Item) float64 {
	sum := 0.0
	for _, item := range items {
		sum += item.Monthly
	}
	return sum
}

func itemsOf(p platform.Platform, applications int, list prices.List) ([]Item, error) {
	nodes, err := nodesOf(p, list)
	if err != nil {
		return nil, err
	}
	return append(append(fixed(p, list), nodes...), own(applications, list)...), nil
}

func item(what string, quantity float64, price prices.Price, guessed string) Item {
	return Item{What: what, Quantity: quantity, Price: &price, Monthly: quantity * price.Dollars, Guessed: guessed}
}

// What the control plane logs: an idle cluster's audit log is most of it.
const controlPlaneLogGB = 10

// What an idle platform says of itself, and prints: neither was measured.
const (
	seriesOfCluster = 4000
	seriesOfNode    = 1000
	podLogGB        = 2
)

// Series is how many an idle platform sends to its workspace. Nodes that exist already
// are not counted: how many there are nobody says.
func Series(p platform.Platform) int {
	nodes := 0
	if p.Cluster.Existing == nil {
		groups := p.Cluster.NodeGroups
		nodes = groups.Core.Min + groups.OnDemand.Min + groups.Spot.Min
	}
	return seriesOfCluster + nodes*seriesOfNode
}

// fixed is what is paid whatever runs. What exists already is somebody's bill already.
func fixed(p platform.Platform, list prices.List) []Item {
	var items []Item
	add := func(what string, quantity float64, name, guessed string) {
		if quantity > 0 {
			items = append(items, item(what, quantity, list[name], guessed))
		}
	}
	keys := 2.0 // of the jobs' buckets; of artifacts and ledger
	if p.Observability.Metrics {
		keys++ // of the workspace
	}
	if p.Cluster.Existing == nil {
		keys++ // of the cluster's secrets
		add("control plane of EKS", HoursOfMonth, prices.Cluster, "")
		add("its logs", controlPlaneLogGB, prices.LogsIngested, fmt.Sprintf("%d GB a month, nearly all of it the audit log", controlPlaneLogGB))
		add("its logs, kept", controlPlaneLogGB*float64(p.Observability.LogDays)/30, prices.LogsKept, fmt.Sprintf("as they are after observability.logDays, %d", p.Observability.LogDays))
	}
	if p.Network.Existing == nil {
		gateways := float64(Gateways(p))
		add(counted(Gateways(p), "NAT gateway"), gateways*HoursOfMonth, prices.NATGateway, "")
		add("public addresses of NAT gateways", gateways*HoursOfMonth, prices.Address, "")
		add(fmt.Sprintf("%s in %s", counted(Endpoints(p), "interface endpoint"), counted(Zones(p), "zone")), float64(Endpoints(p)*Zones(p)*HoursOfMonth), prices.InterfaceEndpoint, "")
	}
	if p.Observability.Metrics {
		series := Series(p)
		add("samples of metrics", float64(series)*HoursOfMonth*3600/float64(p.Observability.ScrapeSeconds), prices.Samples, fmt.Sprintf("%d series of an idle cluster, as often as observability.scrapeSeconds, %d, says", series, p.Observability.ScrapeSeconds))
	}
	if p.Observability.PodLogs {
		add("logs of the platform's pods", podLogGB, prices.LogsIngested, fmt.Sprintf("%d GB a month", podLogGB))
	}
	if p.Ingress.On() {
		add("load balancer of web pages", HoursOfMonth, prices.LoadBalancer, "there is one while a job asks for a page; what it carries comes on top, and is little")
	}
	add("keys of KMS", keys, prices.Key, "")
	return items
}

// nodesOf is the least that the managed groups have. Karpenter's pools begin with none.
func nodesOf(p platform.Platform, list prices.List) ([]Item, error) {
	var items []Item
	for _, g := range p.Cluster.Groups() {
		if g.Min == 0 {
			continue
		}
		kind, price, err := dearest(p.Cluster.Types(g.NodeGroup, g.Spot), list)
		if err != nil {
			return nil, err
		}
		guessed := ""
		if g.Spot {
			guessed = "at the price on demand: Spot is up to 90% less, and changes"
		}
		items = append(items,
			item(fmt.Sprintf("%s of group %s, %s", counted(g.Min, "node"), g.Name, kind), float64(g.Min*HoursOfMonth), price, guessed),
			item("their disks", float64(g.Min*g.DiskGiB), list[prices.Disk], ""))
	}
	return items, nil
}

// dearest is the most that a node of one of the types may cost.
func dearest(types []string, list prices.List) (kind string, most prices.Price, err error) {
	for _, t := range types {
		price, err := list.Instance(t)
		if err != nil {
			return "", most, err
		}
		if kind == "" || cmp.Less(most.Dollars, price.Dollars) {
			kind, most = t, price
		}
	}
	return kind, most, nil
}

// sickHours are those of each application a month, as in docs/benchmarks.md.
const sickHours = 8

// own is what Sluice itself costs.
func own(applications int, list prices.List) []Item {
	parts := Fleet{Applications: applications, SickHours: sickHours, Prices: list}.Sparse()
	about := fmt.Sprintf("%s, each sick for %d hours", counted(applications, "application"), sickHours)
	return []Item{
		{What: "Sluice: the look at each application", Monthly: parts.Probe, Guessed: about},
		{What: "Sluice: schedules of savepoints and recovery", Monthly: parts.Ticks, Guessed: about},
		{What: "Sluice: reads of ledger and manifests", Monthly: parts.Reads, Guessed: about},
		{What: "Sluice: metrics", Monthly: parts.Requests + parts.Metrics, Guessed: about},
		{What: "Sluice: alarms", Monthly: parts.Alarms, Guessed: about},
	}
}

// Gateways is how many NAT gateways a network that is made has.
func Gateways(p platform.Platform) int {
	if p.Network.NAT == platform.OnePerZone {
		return Zones(p)
	}
	return 1
}

// Zones is in how many zones the platform stands.
func Zones(p platform.Platform) int {
	if p.Network.Existing != nil {
		return len(p.Network.Existing.Zones)
	}
	return max(len(p.Network.Zones), 2) // without a list the region's first two
}

// Endpoints is how many interface endpoints a network that is made has.
func Endpoints(p platform.Platform) int {
	return len(platform.AlwaysEndpoints) + len(p.Network.Endpoints)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
