package plane

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// PKI are the files of the cluster's certificates and keys. The authority and
// the service account key are kept over restarts, the rest is made anew.
type PKI struct {
	CA, CAKey         string
	Server, ServerKey string // the API server's and the node's
	Admin, AdminKey   string // a member of system:masters
	AccountKey        string // signs service account tokens
}

// leafLife is how long issued certificates last; each start issues new ones.
const leafLife = 365 * 24 * time.Hour

func preparePKI(dir string) (PKI, error) {
	at := func(name string) string { return filepath.Join(dir, name) }
	p := PKI{
		CA: at("ca.crt"), CAKey: at("ca.key"), Server: at("server.crt"), ServerKey: at("server.key"),
		Admin: at("admin.crt"), AdminKey: at("admin.key"), AccountKey: at("accounts.key"),
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return p, err
	}
	if _, _, err := keyutil.LoadOrGenerateKeyFile(p.AccountKey); err != nil {
		return p, err
	}
	ca, err := loadOrMakeCA(p)
	if err != nil {
		return p, err
	}
	server := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.ParseIP(network.NodeIP), net.ParseIP(network.ServiceIP)},
		DNSNames:    []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + network.Domain},
	}
	admin := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "sluice-kube-admin", Organization: []string{"system:masters"}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	return p, errors.Join(ca.issue(server, p.Server, p.ServerKey), ca.issue(admin, p.Admin, p.AdminKey))
}

type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func loadOrMakeCA(p PKI) (*authority, error) {
	if _, _, err := keyutil.LoadOrGenerateKeyFile(p.CAKey); err != nil {
		return nil, err
	}
	key, err := keyutil.PrivateKeyFromFile(p.CAKey)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s holds no key that can sign", p.CAKey)
	}
	if certs, err := cert.CertsFromFile(p.CA); err == nil {
		return &authority{certs[0], signer}, nil
	}
	made, err := cert.NewSelfSignedCACert(cert.Config{CommonName: "sluice-kube"}, signer)
	if err != nil {
		return nil, err
	}
	return &authority{made, signer}, writeCert(p.CA, made)
}

func (a *authority) issue(template *x509.Certificate, certPath, keyPath string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return err
	}
	template.NotBefore = a.cert.NotBefore
	template.NotAfter = time.Now().Add(leafLife)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	text, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return err
	}
	return errors.Join(writeCert(certPath, made), keyutil.WriteKey(keyPath, text))
}

func writeCert(path string, c *x509.Certificate) error {
	text, err := cert.EncodeCertificates(c)
	if err != nil {
		return err
	}
	return cert.WriteCert(path, text)
}
