#include <antlr4-runtime.h>
