package standin

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// s3 answers how a bucket is set up; each is empty: what lies in one is for a
// gateway with disks.
func (a *AWS) s3(w http.ResponseWriter, r *http.Request) {
	name := strings.Trim(r.URL.Path, "/")
	action := r.Method + " ?" + strings.TrimSuffix(r.URL.RawQuery, "=")
	known := map[string]string{"GET ?versioning": "GetBucketVersioning", "GET ?publicAccessBlock": "GetPublicAccessBlock"}[action]
	if r.Method == http.MethodGet && r.URL.Query().Has("versions") {
		known = "ListObjectVersions"
	}
	if refused := a.begins(orElse(known, action), known != ""); refused != nil {
		s3Fault(w, refused)
		return
	}
	a.mu.Lock()
	b, is := a.Buckets[name]
	a.mu.Unlock()
	switch {
	case !is:
		s3Fault(w, &fault{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"})
	case known == "ListObjectVersions":
		_, _ = io.WriteString(w, `<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>`+name+`</Name><IsTruncated>false</IsTruncated></ListVersionsResult>`)
	case known == "GetBucketVersioning" && b.Versioned:
		_, _ = io.WriteString(w, `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`)
	case known == "GetBucketVersioning":
		_, _ = io.WriteString(w, `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`)
	case !b.Closed:
		s3Fault(w, &fault{http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"})
	default:
		_, _ = io.WriteString(w, `<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`)
	}
}

func s3Fault(w http.ResponseWriter, f *fault) {
	w.WriteHeader(f.status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", f.code, text(f.message))
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
