/* What libyaml finds wrong with a file, in the program's language. */
#ifndef CERTDESK_BASE_YAML_PROBLEM_H
#define CERTDESK_BASE_YAML_PROBLEM_H

/* `problem` is libyaml's own English, or NULL. Returns a constant or `problem` itself; never NULL. */
const char *yaml_problem(const char *problem);

#endif
