// libyaml: reading and writing YAML documents. Imported only by YAML.
#pragma once
#include <yaml.h>
