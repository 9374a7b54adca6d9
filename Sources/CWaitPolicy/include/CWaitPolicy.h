/// Linked into a program, it makes threads of OpenMP that have nothing to do sleep instead of spin. There is nothing to call.
#pragma once
