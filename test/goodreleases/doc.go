// Package goodreleases proves on real parts that a good version is not rolled
// back for what is not its fault: while it bakes, its TaskManager's pod is
// killed or evicted, its JobManager's pod is killed, or Flink rescales the job in
// place. Every release has to succeed, and every number of the job's output has
// to be committed once. Its tests have the build tag e2e: make good.
//
// What the same takes a hundred times on the model of operator and Flink is in
// statemachines.
package goodreleases
