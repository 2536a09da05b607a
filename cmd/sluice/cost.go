package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/infra/cost"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/prices"
)

func (p *program) costCommand() *cobra.Command {
	c := &cobra.Command{Use: "cost", Short: "What a platform costs before any job runs", Args: takes(0, 0, "the name of what is asked for: platform")}
	c.AddCommand(p.costPlatformCommand())
	return c
}

func (p *program) costPlatformCommand() *cobra.Command {
	var file, ownPrices string
	var applications int
	c := &cobra.Command{
		Use: "platform", Short: "The monthly standing cost of a platform's file, by item, with what would make it less",
		Long: "Reads the platform's file and says what it costs a month while no job runs, at list prices, each with where it\n" +
			"stands and when it was looked up. Prices are those of us-east-1; --region-prices names a file with those of another\n" +
			"region, in the form of infra/prices/us-east-1.yaml. Nothing is asked of AWS.",
		Args: takes(0, 0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			if applications < 0 {
				return usageError{fmt.Errorf("--applications is %d: say how many Flink applications there are", applications)}
			}
			wanted, err := platform.Open(file, platform.AllRegions())
			if err != nil {
				return err
			}
			list := prices.Usual()
			if ownPrices != "" {
				if list, err = prices.Open(ownPrices); err != nil {
					return err
				}
			}
			bill, err := cost.Of(wanted, applications, list)
			if err != nil {
				return err
			}
			return p.say(renderBill(bill), bill)
		},
	}
	platformFlag(c, &file)
	c.Flags().StringVar(&ownPrices, "region-prices", "", "file with the prices of another region than us-east-1")
	c.Flags().IntVar(&applications, "applications", 10, "how many Flink applications Sluice looks after")
	return c
}
