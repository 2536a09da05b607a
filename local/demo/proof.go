package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// patience is how long a gap in the committed output may take to close: some
// checkpoints of the sample job, which makes one a second.
var patience = continuity.Patience{Within: 20 * time.Second, Every: time.Second}

// output is where an application's sink writes, by its application.yaml.
func (s *stage) output(app flink.Application) continuity.Bucket {
	return continuity.Bucket{Client: s.objects, Name: s.where.Data, Prefix: app.String() + "/output/"}
}

// prove holds the committed output against the story of the releases.
func (s *stage) prove(ctx context.Context) (bool, error) {
	return s.committed(ctx, remark, checkOutput)
}

// committed reads the job's committed output without Sluice, says what it shows,
// and whether it is whole and as the story has to leave it.
func (s *stage) committed(ctx context.Context, remark func(continuity.Stretch) string, check func(continuity.Report) []string) (bool, error) {
	s.say("Proof of continuity, read from the files the job committed below s3://%s/%s\n", s.where.Data, s.output(counter).Prefix)
	report, err := continuity.Read(ctx, s.output(counter), patience)
	if err != nil {
		return false, err
	}
	for _, stretch := range report.Stretches {
		s.line("  %s%s", stretch, remark(stretch))
	}
	faults := append(report.Faults(), check(report)...)
	for _, f := range faults {
		s.line("  NOT AS IT HAS TO BE: %s", f)
	}
	if report.Whole() {
		s.line("  every number from 0 to %d stands there once, none is missing, and every count is right", report.Highest)
	}
	return len(faults) == 0, nil
}

// remark marks what a bad version committed before it was rolled back.
func remark(s continuity.Stretch) string {
	for _, a := range acts() {
		if a.version == s.Version && a.bad() {
			return "  (bad version, before its rollback; kept, so nothing is counted twice)"
		}
	}
	return ""
}

// checkOutput says where the versions in the output are not those of the story:
// v1 begins, v2 has the last word, and nobody else writes but a bad version that
// could be started.
func checkOutput(r continuity.Report) []string {
	var faults []string
	if len(r.Stretches) == 0 {
		return nil // said already
	}
	if first := r.Stretches[0].Version; first != "v1" {
		faults = append(faults, fmt.Sprintf("the output begins with %s and has to begin with v1", first))
	}
	if last := r.Stretches[len(r.Stretches)-1].Version; last != "v2" {
		faults = append(faults, fmt.Sprintf("the output ends with %s and has to end with v2", last))
	}
	for _, s := range r.Stretches {
		if s.Version != "v1" && s.Version != "v2" && s.Version != "v4" {
			faults = append(faults, fmt.Sprintf("%s, which could not be restored, all the same %s", s.Version, s))
		}
	}
	return faults
}
