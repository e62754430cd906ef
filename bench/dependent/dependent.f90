! The peer of the benchmark `dependent`.
!   dependent rows|heat|heat_whole N SWEEPS RESULT.npy
! Arrays are transposed against those of Dunlin, so that what lies together there lies together here. `heat`
! goes between two arrays in loops; `heat_whole` is the array expression, as one writes it first.
program dependent
  use, intrinsic :: iso_fortran_env, only: int64, real64
  use peer
  implicit none
  character(len=:), allocatable :: which
  integer :: n, sweeps, k, repeat
  real(real64), allocatable :: x(:, :), other(:, :), seconds(:)
  real(real64) :: begin, start

  which = argument(1)
  n = number(2)
  sweeps = number(3)
  allocate(x(n, n), other(n, n))
  x = 0
  other = 0
  repeat = int(setting('BENCH_REPEAT', 5.0_real64))
  allocate(seconds(0))
  begin = now()
  do k = 1, repeat
    if (k > 1 .and. now() - begin >= setting('BENCH_BUDGET', 1.0_real64)) exit
    start = now()
    select case (which)
    case ('rows')
      call rows()
    case ('heat')
      call heat()
    case default
      call heat_whole()
    end select
    seconds = [seconds, now() - start]
  end do
  call report(seconds)
  call save_doubles(argument(4), x, n, n)

contains

  subroutine rows()
    integer :: i
    x = 0
    do i = 1, n
      x(:, i) = x(i, :) + (i - 1)
    end do
  end subroutine

  subroutine sweep(from, into)
    real(real64), intent(in) :: from(n, n)
    real(real64), intent(inout) :: into(n, n)
    integer :: i, j
    !$omp parallel do private(i) schedule(static)
    do j = 2, n - 1
      do i = 2, n - 1
        into(i, j) = 0.25_real64 * (from(i, j - 1) + from(i, j + 1) + from(i - 1, j) + from(i + 1, j))
      end do
    end do
  end subroutine

  subroutine heat()
    integer :: s
    x = 0
    x(:, 1) = 1
    other = x
    do s = 1, sweeps / 2
      call sweep(x, other)
      call sweep(other, x)
    end do
    if (mod(sweeps, 2) == 1) then
      call sweep(x, other)
      x = other
    end if
  end subroutine

  subroutine heat_whole()
    integer :: s
    x = 0
    x(:, 1) = 1
    do s = 1, sweeps
      x(2:n-1, 2:n-1) = 0.25_real64 * (x(2:n-1, 1:n-2) + x(2:n-1, 3:n) + x(1:n-2, 2:n-1) + x(3:n, 2:n-1))
    end do
  end subroutine
end program
