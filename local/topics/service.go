package topics

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Message is what was published.
type Message struct {
	ID         string            `json:"id"`
	TopicARN   string            `json:"topicArn"`
	Subject    string            `json:"subject,omitempty"`
	Text       string            `json:"text"`
	Attributes map[string]string `json:"attributes,omitempty"`
	At         time.Time         `json:"at"`
}

// ErrNoTopic is returned for a topic that is not of this service.
var ErrNoTopic = errors.New("there is no such topic")

// Service publishes. It is safe for concurrent use.
type Service struct {
	dir    string
	topics []string // ARNs
	log    func(format string, args ...any)
}

// Open makes a service of topics that keeps messages below dir.
func Open(dir string, topics []string, log func(format string, args ...any)) *Service {
	return &Service{dir: dir, topics: topics, log: log}
}

// limits of a message.
// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const (
	maxSubject = 100     // characters
	maxText    = 1 << 18 // bytes
)

// Publish keeps a message and returns its id.
func (s *Service) Publish(m Message) (string, error) {
	switch {
	case !slices.Contains(s.topics, m.TopicARN):
		return "", fmt.Errorf("%w: %s", ErrNoTopic, m.TopicARN)
	case m.Text == "" || len(m.Text) > maxText:
		return "", fmt.Errorf("a message has 1 to %d bytes, not %d", maxText, len(m.Text))
	case len([]rune(m.Subject)) > maxSubject || strings.ContainsAny(m.Subject, "\r\n"):
		return "", fmt.Errorf("a subject is one line of at most %d characters", maxSubject)
	}
	m.ID = uuid.NewString()
	if err := s.keep(m); err != nil {
		return "", err
	}
	s.log("topic %s: %s\n%s", name(m.TopicARN), m.Subject, m.Text)
	return m.ID, nil
}

func name(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// keep writes a message in one step: a reader sees all of it or nothing.
func (s *Service) keep(m Message) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, name(m.TopicARN))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, m.At.UTC().Format("20060102T150405.000000000Z")+"_"+m.ID+".json")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Published lists what was published below a service's directory, oldest first.
func Published(dir string) ([]Message, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Message
	for _, path := range paths {
		var m Message
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(text, &m)
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", path, err)
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b Message) int { return a.At.Compare(b.At) })
	return all, nil
}
