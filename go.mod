module github.com/sluice-flink/sluice

go 1.26.8
