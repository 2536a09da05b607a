package prices

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"gopkg.in/yaml.v3"
)

//go:embed us-east-1.yaml
var usual []byte

// Usual are the prices of us-east-1.
func Usual() List {
	d, err := read(usual)
	if err != nil {
		panic(fmt.Sprintf("the embedded prices: %v", err)) // a test reads them
	}
	return d.list()
}

// Open reads a file of another region's prices and puts them over the usual
// ones, which stay where the file says nothing.
func Open(file string) (List, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the prices cannot be read: %w; infra/prices/us-east-1.yaml is a file to copy", err)
	}
	all, err := over(Usual(), raw)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used: %w", file, err)
	}
	return all, nil
}

func over(all List, raw []byte) (List, error) {
	own, err := read(raw)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(own.Prices)) {
		price := own.Prices[name]
		usual, known := all[name]
		switch {
		case !known:
			faults = append(faults, fmt.Errorf("nothing has the price %q; infra/prices/us-east-1.yaml has all there are", name))
		case price.Unit != "" && price.Unit != usual.Unit:
			faults = append(faults, fmt.Errorf("%s is by %q, and here by %q", name, price.Unit, usual.Unit))
		}
		price.Unit = usual.Unit
		own.Prices[name] = price
	}
	maps.Copy(all, own.list())
	return all, errors.Join(faults...)
}

// document is the form of a file.
type document struct {
	Region    string           `yaml:"region"`
	Prices    map[string]Price `yaml:"prices"`
	Instances struct {
		Source string             `yaml:"source"`
		Asked  string             `yaml:"asked"`
		Hourly map[string]float64 `yaml:"hourly"`
	} `yaml:"instances"`
}

func read(raw []byte) (d document, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		return d, err
	}
	if d.Region == "" {
		return d, errors.New("it does not say the region of its prices: region: eu-west-1")
	}
	list := d.list()
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if p := list[name]; p.Dollars <= 0 {
			faults = append(faults, fmt.Errorf("%s costs %v dollars: leave out what has no price", name, p.Dollars))
		}
	}
	return d, errors.Join(faults...)
}

func (d document) list() List {
	list := List{}
	for name, p := range d.Prices {
		p.Region = d.Region
		list[name] = p
	}
	for kind, dollars := range d.Instances.Hourly {
		list[kind] = Price{Dollars: dollars, Unit: "hour", Source: d.Instances.Source, Asked: d.Instances.Asked, Region: d.Region}
	}
	return list
}
