package jar

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAGoodJarIsTakenWithItsFacts(t *testing.T) {
	for name, c := range map[string]struct {
		jar     []byte
		options Options
		want    Facts
	}{
		"the Main-Class of the jar": {jar: good(t), want: Facts{EntryClass: "com.acme.Fraud", ClassVersion: 61, Entries: 5}},
		"the manifest's entry class before the jar's own": {
			jar: build(t, manifestOf("Main-Class: com.acme.Fraud"), class("com.acme.Other", 11)), options: Options{EntryClass: "com.acme.Other"},
			want: Facts{EntryClass: "com.acme.Other", ClassVersion: 55, Entries: 2}},
		"Flink's program-class before Main-Class": {
			jar:  build(t, manifestOf("Main-Class: com.acme.Fraud", "program-class: Job"), class("Job", 8)),
			want: Facts{EntryClass: "Job", ClassVersion: 52, Entries: 2}},
		"a Main-Class over two lines and a manifest in other letter case": {
			jar:  build(t, entry{name: "meta-inf/manifest.mf", data: []byte("main-class: com.acme.Fra\n ud \n\nName: x\nMain-Class: Wrong\n"), method: zip.Store}, class("com.acme.Fraud", 17)),
			want: Facts{EntryClass: "com.acme.Fraud", ClassVersion: 61, Entries: 2}},
		"no manifest when the entry class is given": {
			jar: build(t, class("Job", 17)), options: Options{EntryClass: "Job"}, want: Facts{EntryClass: "Job", ClassVersion: 61, Entries: 1}},
		"a newer class for a newer runtime": {
			jar: build(t, class("Job", 21)), options: Options{EntryClass: "Job", MaxJava: 21}, want: Facts{EntryClass: "Job", ClassVersion: 65, Entries: 1}},
		"a launcher script before the archive": {
			jar: append([]byte("#!/bin/sh\nexec java -jar $0\n"), good(t)...), want: Facts{EntryClass: "com.acme.Fraud", ClassVersion: 61, Entries: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Check(bytes.NewReader(c.jar), int64(len(c.jar)), c.options)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestABadJarIsRefusedWithWhatToDo(t *testing.T) {
	jar := good(t)
	encrypted := build(t, class("Job", 17))
	for _, signature := range []string{"PK\x03\x04", "PK\x01\x02"} { // set bit 0 of the flags in both headers
		i := bytes.Index(encrypted, []byte(signature))
		encrypted[i+6+2*strings.Count(signature, "\x01")] |= 1
	}
	strange := build(t, entry{name: "Job.class", data: classOf(17), method: zip.Store})
	strange[bytes.Index(strange, []byte("PK\x01\x02"))+10] = 93 // Zstandard
	rotten := build(t, entry{name: "Job.class", data: classOf(17), method: zip.Store})
	rotten[bytes.Index(rotten, []byte("pool"))] ^= 1

	for name, c := range map[string]struct {
		jar     []byte
		options Options
		want    string
	}{
		"an empty file":     {jar: nil, want: "the file is empty; upload the jar again"},
		"a truncated jar":   {jar: jar[:len(jar)-100], want: "cut off: upload it again"},
		"half a jar":        {jar: jar[:len(jar)/2], want: "cut off: upload it again"},
		"an HTML page":      {jar: []byte("\n<!DOCTYPE html>\n<html><title>Sign in</title>"), want: "it is an HTML page"},
		"S3's error":        {jar: []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`), want: "it is an XML document"},
		"a text file":       {jar: []byte("Hello, world – this is no jar\n"), want: `it is a text file of 32 bytes`},
		"a Git LFS pointer": {jar: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), want: "run git lfs pull"},
		"a class file":      {jar: classOf(17), want: "it is a single .class file"},
		"a gzip archive":    {jar: []byte("\x1f\x8b\x08\x00\x00"), want: "it is a gzip archive"},
		"noise":             {jar: bytes.Repeat([]byte{0, 1, 2, 3}, 400), want: "no zip archive was found in its 1600 bytes"},
		"no entry class at all": {jar: build(t, class("Job", 17)),
			want: "the jar names no Main-Class and the manifest no entry class; set spec.job.entryClass"},
		"a Main-Class that is not there": {jar: build(t, manifestOf("Main-Class: com.acme.Fraud"), class("com.acme.v2.Fraud", 17)),
			want: "Main-Class in META-INF/MANIFEST.MF is com.acme.Fraud, and the jar has no com/acme/Fraud.class; did you mean com.acme.v2.Fraud?"},
		"an entry class that is not there": {jar: jar, options: Options{EntryClass: "com.acme.Nothing"},
			want: "spec.job.entryClass is com.acme.Nothing, and the jar has no com/acme/Nothing.class; list the jar's classes with jar tf"},
		"an entry class written as a path": {jar: jar, options: Options{EntryClass: "com/acme/Fraud"},
			want: `spec.job.entryClass is "com/acme/Fraud", which is no class name; write it as in com.acme.Fraud`},
		"a class of a newer Java": {jar: build(t, class("Job", 21)), options: Options{EntryClass: "Job"},
			want: "Job was compiled for Java 21 (class file version 65) and Flink runs on Java 17 here (up to version 61); compile with --release 17"},
		"an entry class that is none": {jar: build(t, entry{name: "Job.class", data: []byte("class Job {}"), method: zip.Store}), options: Options{EntryClass: "Job"},
			want: "Job.class in the jar is no Java class"},
		"a class of no Java": {jar: build(t, class("Job", 0)), options: Options{EntryClass: "Job"}, want: "class file version 44, which no Java has"},
		"an encrypted class": {jar: encrypted, options: Options{EntryClass: "Job"}, want: "Job.class in the jar is encrypted; build the jar without a password"},
		"a packing that Java cannot read": {jar: strange, options: Options{EntryClass: "Job"},
			want: "Job.class in the jar is packed in a way that Java cannot read"},
		"a flipped bit in the entry class": {jar: rotten, options: Options{EntryClass: "Job"},
			want: "Job.class in the jar cannot be read (checksum error); the jar is damaged"},
		"a class that unpacks without end": {jar: build(t, entry{name: "Job.class", data: make([]byte, maxClass+1), method: zip.Deflate}), options: Options{EntryClass: "Job"},
			want: "Job.class in the jar has more than 16 MiB"},
		"a manifest that unpacks without end": {jar: build(t, entry{name: manifestName, data: make([]byte, maxManifest+1), method: zip.Deflate}),
			want: "META-INF/MANIFEST.MF in the jar has more than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			facts, err := Check(bytes.NewReader(c.jar), int64(len(c.jar)), c.options)
			if err == nil || flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %+v, %v (%s); want %q", facts, err, flink.CodeOf(err), c.want)
			}
		})
	}
}

func TestAJarWithMoreEntriesThanTheOldFormatHoldsIsTaken(t *testing.T) {
	entries := []entry{class("Job", 17)}
	for range 1 << 16 { // beyond that the directory is of the zip64 form
		entries = append(entries, entry{name: "x"})
	}
	jar := build(t, entries...)
	facts, err := Check(bytes.NewReader(jar), int64(len(jar)), Options{EntryClass: "Job"})
	if err != nil || facts.Entries != 1<<16+1 {
		t.Errorf("got %+v, %v", facts, err)
	}
}

func TestTooManyEntriesAreRefused(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range maxEntries + 1 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Check(bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
	if err == nil || !strings.Contains(err.Error(), "the jar has 200001 entries, and at most 200000 are taken") {
		t.Errorf("got %v", err)
	}
}

func TestATableOfContentsWithoutEndIsRefused(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	name := strings.Repeat("n", 60_000)
	for range maxDirectory/60_000 + 1 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Check(bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
	if err == nil || !strings.Contains(err.Error(), "table of contents is larger than 32 MiB") {
		t.Errorf("got %v", err)
	}
}
