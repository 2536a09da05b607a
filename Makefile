# Sluice: `make help` lists what there is.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

FUNCTIONS := $(notdir $(patsubst %/main.go,%,$(wildcard functions/*/main.go)))
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
LINT_VERSION := v2.15.0

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: demo
demo: bin/sluice ## Everything on this machine: real Kubernetes API, real Flink operator, real Flink, five releases (KEEP=1 leaves it running, SCENE=name tells another story)
	@exec bin/sluice demo $(if $(SCENE),--scene $(SCENE)) $(if $(KEEP),--keep)

.PHONY: setup
setup: node_modules ## The npm tools that tests and the local plane use (test and demo do this themselves)

.PHONY: test
test: node_modules ## Fast tests of the main module; sets up what they need
	go vet ./...
	go test ./...

.PHONY: sim
sim: node_modules ## Releases, repairs and rotations in a world that goes wrong: 10,000 schedules, every crash point, planted bugs (SEED=, SCHEDULES=)
	SCHEDULES=$${SCHEDULES-$(if $(SEED),1,10000)} go test ./internal/sim $(if $(SEED),-run '^TestTheRules') -count=1 -timeout 60m -v

.PHONY: fuzz
fuzz: ## Hostile input, each reader in turn for FUZZTIME (30s): a crasher is written below testdata/fuzz of its package
	@grep -rl --include='*_test.go' '^func Fuzz' events internal test | sort | while read -r file; do \
	  for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9]+)\(f .*/\1/p' "$$file"); do \
	    echo "fuzz     $$(dirname "$$file") $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $${FUZZTIME:-30s} -fuzzminimizetime 20x -parallel $${PARALLEL:-1} "./$$(dirname "$$file")"; \
	  done; \
	done

.PHONY: test-kube
test-kube: ## Unit tests of the local Kubernetes (compiles Kubernetes: 7 to 20 minutes the first time)
	cd local/kube && $(MAKE) test

.PHONY: test-java
test-java: ## Tests of the example jobs
	mvn -q -B -ntp -f examples/java/counter/pom.xml test

.PHONY: e2e
e2e: node_modules ## Tests on real parts beside the demo: every change, upgrade modes, bad input, duplicates, an alarm, savepoints (10 minutes once the parts are there)
	go test -count=1 -timeout 45m -tags e2e -v -p 1 -parallel 4 ./test/e2e ./test/e2e/othercluster ./test/e2e/platform ./test/e2e/adapter

.PHONY: operator
operator: node_modules ## What the adapter relies on, asked of the real operator: standstill, adoption, scaling, savepoints (10 minutes)
	go test -count=1 -timeout 45m -tags e2e -v -p 1 ./test/e2e/operator

.PHONY: bench
bench: node_modules ## Figures beside their goals, into docs/benchmarks.md (an hour; QUICK=1: what needs no Flink, and two pairs of the rest)
	go run ./test/bench $(if $(QUICK),-quick) $(BENCH)

.PHONY: good
good: node_modules ## Ten good releases on real parts, disturbed while they bake: none is rolled back (15 minutes)
	@for part in LosePods AreRescaled; do go test -count=1 -timeout 30m -tags e2e -v -run $$part ./test/goodreleases; done

.PHONY: agree
agree: node_modules ## The model of operator and Flink against real ones: test/agree (SCENES=name,… or rotating for today's three; AT_ONCE=3)
	go test -count=1 -timeout 90m -parallel 8 -tags agree -run '^TestRealParts' -v ./test/agree

.PHONY: build
build: $(FUNCTIONS:%=build/functions/%/bootstrap) ## The Lambda functions as arm64 bootstrap binaries

build/functions/%/bootstrap: FORCE
	@mkdir -p $(@D)
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build -trimpath -tags lambda.norpc -ldflags='-s -w' -o $@ ./functions/$*

bin/sluice: FORCE node_modules
	@mkdir -p bin
	@echo "sluice   compiling (some minutes the first time, seconds afterwards)"
	@go build -o $@ ./cmd/sluice

.PHONY: synth
synth: build node_modules ## Synthesize the CloudFormation templates into build/cdk.out
	CDK_VALIDATION=false npx cdk synth --quiet

# The platform's file for deploy, verify-deploy and destroy; CDK_FLAGS go to the CDK.
PLATFORM ?= infra/platform.yaml

.PHONY: deploy
deploy: bin/sluice node_modules ## The platform of PLATFORM=infra/platform.yaml into the account whose credentials are set; again changes what the file changed
	@environment="$$(bin/sluice platform environment --platform "$(PLATFORM)")"; \
	$(MAKE) --no-print-directory build; \
	npx cdk synth --quiet -c platform="$(PLATFORM)"; \
	case "$$environment" in \
	  *" bootstrapped") ;; \
	  *) npx cdk bootstrap "$$environment" ;; \
	esac; \
	bin/sluice platform unblock --platform "$(PLATFORM)"; \
	CDK_VALIDATION=false npx cdk deploy --all -c platform="$(PLATFORM)" --outputs-file build/outputs.json $(CDK_FLAGS)

.PHONY: verify-deploy
verify-deploy: bin/sluice ## What was deployed, held against the file: ok or fault, one line each
	@bin/sluice platform verify --platform "$(PLATFORM)"

.PHONY: destroy
destroy: bin/sluice ## Remove the platform of PLATFORM in the right order, after asking, and list what stays billable (DESTROY_FLAGS=--dry-run)
	@bin/sluice platform destroy --platform "$(PLATFORM)" $(DESTROY_FLAGS)

.PHONY: check-charts
check-charts: node_modules ## Every chart of the committed templates, pulled and rendered with its values, as it is and from a mirror (needs the internet; CHARTS=folder takes them from there)
	go run ./test/charts $(if $(CHARTS),-charts $(CHARTS))

.PHONY: golden
golden: ## Write the golden files anew: read their diff
	go generate ./...
	for p in ./statemachines ./internal/eks ./internal/manifest ./local/kit ./cmd/sluice ./infra; do go test $$p -update; done

.PHONY: released
released: node_modules ## At a release: record what it leaves standing on AWS, which the next one is held against
	go test -count=1 -run TestNothingThatWouldBeMissed ./infra -released

.PHONY: fmt
fmt: ## Format
	gofmt -w $$(git ls-files '*.go')

.PHONY: lint
lint: ## Lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run: make fmt"; exit 1; }
	go run $(LINT)@$(LINT_VERSION) run ./...

.PHONY: presubmit
presubmit: fmt lint generate test ## What a change has to pass: format, lint, generate, clean tree, unit tests
	@git diff --exit-code --stat || { echo "the tree changed: commit what fmt and generate wrote"; exit 1; }

.PHONY: generate
generate: ## Generate
	go generate ./...

.PHONY: clean
clean: ## Remove what was built here (the caches outside the checkout stay)
	rm -rf bin build .sluice node_modules examples/java/*/target

node_modules: package-lock.json
	npm ci --silent
	@touch $@

FORCE:
