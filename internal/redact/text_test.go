package redact_test

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/redact"
)

// secret stands in the tables below for what must go; nothing in a table may
// contain it that is allowed to stay.
const secret = "hunter2-Tr0ub4dor"

func TestASecretIsTakenOutOfEveryFormItComesIn(t *testing.T) {
	for name, text := range map[string]string{
		"key=value":                       "could not connect: password=" + secret + ", retries=3",
		"key = value":                     "s3.secret-key = " + secret,
		"YAML":                            "s3:\n  secret-key: " + secret + "\n  endpoint: x",
		"YAML, a plain word":              "db:\n  password: correcthorse" + "\n# " + redact.Mark,
		"JSON":                            `{"user":"a","db.password":"` + secret + `","x":1}`,
		"JSON with spaces":                `{ "access_key" : "` + secret + `" }`,
		"JSON quoted in JSON":             `{"body":"{\"password\":\"` + secret + `\",\"x\":\"y\"}"}`,
		"JSON quoted twice":               `\\\"password\\\":\\\"` + secret + `\\\"`,
		"a value with a quote inside":     `{"password":"a\"` + secret + `\"b"}`,
		"a value with spaces":             `password="my ` + secret + ` is long"`,
		"single quotes":                   `user='a' passwd='` + secret + `'`,
		"a Java property":                 "-Djavax.net.ssl.keyStorePassword=" + secret,
		"a flag with =":                   "--db-password=" + secret,
		"a flag with a space":             "run --db-password " + secret + " --verbose",
		"a flag in a list":                `args: ["--db-password", "` + secret + `"]`,
		"an environment variable, JSON":   `env: [{"name":"DB_PASSWORD","value":"` + secret + `"}]`,
		"an environment variable, Go":     "map[name:DB_PASSWORD value:" + secret + "]",
		"an environment variable, YAML":   "- name: DB_PASSWORD\n  value: " + secret,
		"a Hadoop property":               "<name>fs.s3a.secret.key</name><value>" + secret + "</value>",
		"an XML element":                  "<password>" + secret + "</password>",
		"a refusal of the API server":     `spec.flinkConfiguration.s3.secret-key: Invalid value: "` + secret + `": must be an integer`,
		"a refusal with brackets":         `spec.flinkConfiguration[s3.secret-key]: Invalid value: "` + secret + `"`,
		"an option of the JobManager":     `{"key":"s3.secret-key","value":"` + secret + `"}`,
		"a URL's password":                "jdbc:postgresql://etl:" + secret + "@db:5432/x?ssl=true refused",
		"a URL's password with a slash":   "redis://:" + secret + "/x@cache:6379",
		"a URL's token":                   "https://" + secret + "@github.com/x.git",
		"Oracle's thin driver":            "jdbc:oracle:thin:scott/" + secret + "@//db:1521/x",
		"a JDBC parameter":                "jdbc:mysql://db/x?user=a&password=" + secret + "&ssl=true",
		"an encoded parameter":            "next=%2Fx%3Fpassword%3D" + secret,
		"a bearer token":                  "Authorization: Bearer " + secret + ".x.y",
		"a bearer token in JSON":          `"Authorization":["Bearer ` + secret + `"]`,
		"a bearer token alone":            "sent bearer " + secret,
		"basic credentials":               "Proxy-Authorization: Basic " + secret,
		"an AWS signature":                "Authorization: AWS4-HMAC-SHA256 Credential=x/20261121, SignedHeaders=host, Signature=" + secret,
		"a presigned URL":                 `Get "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=A&X-Amz-Credential=` + secret + `&X-Amz-Signature=` + secret + `": EOF`,
		"a session token in a URL":        "https://sts/?X-Amz-Security-Token=" + secret + "&x=1",
		"a session token in a header":     `X-Amz-Security-Token: ` + secret,
		"an Azure signature":              "https://x.blob.core.windows.net/c?sv=1&sig=" + secret,
		"an EKS token":                    "k8s-aws-v1." + secret,
		"a JSON web token":                "eyJhbGciOiJIUzI1NiJ9." + secret + ".abc-def",
		"an access key id":                "the key AKIAIOSFODNN7EXAMPLE is not known # " + redact.Mark,
		"a session's access key id":       "ASIAIOSFODNN7EXAMPLE # " + redact.Mark,
		"a GitHub token":                  "ghp_0123456789" + strings.ReplaceAll(secret, "-", "_"),
		"a PEM block":                     "-----BEGIN RSA PRIVATE KEY-----\nMII" + secret + "\n-----END RSA PRIVATE KEY----- end",
		"a PEM block that was cut":        "-----BEGIN PRIVATE KEY-----\\nMII" + secret,
		"Kafka's login":                   `sasl.jaas.config: "org.apache.kafka.PlainLoginModule required username=\"a\" password=\"` + secret + `\";"`,
		"a secret in a mapping":           `{"credentials":{"user":"a","value":"` + secret + `"}}`,
		"a cookie":                        "Set-Cookie: session=" + secret,
		"an arrow":                        "password -> " + secret,
		"the end of a key":                "db.pass=" + secret,
		"a key at the end of a sentence":  "the password: " + secret,
		"two secrets":                     "password=" + secret + " secret=" + secret,
		"an access key beside its secret": "s3.access-key: " + secret + ", s3.secret-key: " + secret,
	} {
		t.Run(name, func(t *testing.T) {
			got := redact.Text(text)
			if strings.Contains(got, secret) || strings.Contains(got, "correcthorse") || strings.Contains(got, "IOSFODNN7") {
				t.Errorf("%s\nstill holds it:\n%s", text, got)
			}
			if !strings.Contains(got, redact.Mark) {
				t.Errorf("nothing marks what was taken out: %s", got)
			}
			if again := redact.Text(got); again != got {
				t.Errorf("a second pass changes\n%s into\n%s", got, again)
			}
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"",
		"get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found",
		"InvalidClientTokenId: The security token included in the request is invalid",
		"fs.s3a.aws.credentials.provider: com.amazonaws.auth.WebIdentityTokenCredentialsProvider",
		`secret "flink-tls" not found`,
		`{"secretName":"flink-tls","secretKeyRef":{"name":"db","optional":false}}`,
		"the password is wrong",
		"basic authentication is off, bearer authentication too",
		"Unrecognized token 'foo': was expecting (JSON String, Number, Array, Object or token 'null')",
		"https://s3.eu-west-1.amazonaws.com/bucket/key?versionId=abc",
		"s3://data/team-a/counter/savepoints/savepoint-2e7b96-4812353ae67d",
		"java.io.IOException: could not open jdbc:postgresql://db:5432/orders",
		"arn:aws:iam::111122223333:role/flink",
		"spec.job.parallelism: Invalid value: \"abc\": must be an integer",
		"automountServiceAccountToken: false",
		`"token": null, "password": ""`,
		"checkpoint 42 of job 00112233445566778899aabbccddeeff",
		"mail ops@example.com",
	} {
		if got := redact.Text(text); got != text {
			t.Errorf("%q\nbecame %q", text, got)
		}
	}
}

func TestWhatStandsAroundASecretStays(t *testing.T) {
	for text, want := range map[string]string{
		"jdbc:mysql://db/x?user=a&password=b1&ssl=true":   "jdbc:mysql://db/x?user=a&password=***&ssl=true",
		`{"password":"b1","x":1}`:                         `{"password":"***","x":1}`,
		`{\"password\":\"b1\",\"x\":1}`:                   `{\"password\":\"***\",\"x\":1}`,
		"postgresql://etl:b1@db:5432/x refused":           "postgresql://***@db:5432/x refused",
		`spec.s3.secret-key: Invalid value: "b1": no int`: `spec.s3.secret-key: Invalid value: "***": no int`,
		"--password b1 --verbose":                         "--password *** --verbose",
	} {
		if got := redact.Text(text); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", text, got, want)
		}
	}
}

func FuzzTextIsRedactedOnce(f *testing.F) {
	for _, seed := range []string{"password=a", `{"token":"x\"y"}`, "https://a:b@c", "--secret 'x", "-----BEGIN X-----", `secret\\\":\\\"`, "Bearer abc.def1", "a\xffpassword:\x00", "***", "cookie:[***"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := redact.Text(s)
		if twice := redact.Text(once); twice != once {
			t.Errorf("%q became %q and then %q", s, once, twice)
		}
		if len(once) > 4*len(s)+16 {
			t.Errorf("%d bytes became %d", len(s), len(once))
		}
	})
}
