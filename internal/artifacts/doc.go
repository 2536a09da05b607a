// Package artifacts reads the artifact bucket and writes pinned jars, on S3.
// It implements task.Artifacts. It knows objects and versions, and nothing of
// what is in them.
package artifacts
